/** The service that calls handlers killed, stopped and robbed of its folder: nothing is done twice, nothing is left. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { type ServedHandlers, servedHandlers } from "../harness/served_handlers.ts";
import { until } from "../harness/until.ts";

/** What a container's handler does takes a while where its name says so; what it keeps, poststop puts away. */
const HANDLERS = {
  createRuntime: `keep(state.id, carry.of);
    undo(() => { keep(state.id, undefined); return note("undone", state.id); });
    await note("begun", state.id);
    if (state.id.startsWith("slow")) await host.run("/usr/bin/sleep", ["4"]);
    await note("done", state.id);`,
  poststop: `keep(state.id, undefined); await note("poststop", state.id);`,
};

/** Creates a container and waits until its handler is at work. */
async function createSlow(scene: ServedHandlers, id: string) {
  const ran = scene.here.create(id, scene.bundle.path);
  await until("its handler is at work", async () => (await scene.notes()).includes(`begun ${id}`));
  return { ran };
}

async function kept({ here }: ServedHandlers): Promise<string> {
  return (await here.host.run(["sh", "-c", "ls /run/container-hooks/plugins/first | grep json"])).stdout;
}

/** A container starts, and each of its handlers is called once, by the service or without. */
async function assertWorks(scene: ServedHandlers, id: string): Promise<void> {
  await scene.forget();
  const { status, stderr, stdout } = await scene.here.create(id, scene.bundle.path);
  assert.deepEqual([status, stdout], [0, "started\n"], stderr);
  assert.deepEqual(await scene.notes(), [`begun ${id}`, `done ${id}`, `poststop ${id}`]);
}

/** Called once, lost with a sentence, and put away by what is on record. */
async function assertLost(
  scene: ServedHandlers,
  id: string,
  ran: ReturnType<ServedHandlers["here"]["create"]>,
) {
  const { status, stderr } = await ran;
  assert.notEqual(status, 0);
  assert.match(
    stderr,
    new RegExp(
      `cannot start container ${id}: the service that calls handlers ended in the middle of createRuntime of ` +
        "plugin first; what had been done is taken back by the plugins' poststop handlers",
    ),
  );
  const notes = await scene.notes();
  assert.equal(notes.filter((line) => line === `begun ${id}`).length, 1, notes.join(", "));
  assert.ok(!notes.includes(`done ${id}`) && notes.includes(`poststop ${id}`), notes.join(", "));
  assert.equal(await kept(scene), "");
}

async function assertServedAgain(scene: ServedHandlers, id: string): Promise<void> {
  let turn = 0;
  await until("handlers go by the service again", async () => {
    await assertWorks(scene, `${id}${turn++}`);
    return ((await scene.status())?.warm ?? 0) > 0;
  });
  await until("no place and no record is left", async () => (await scene.left()).length === 0);
  assert.equal(await kept(scene), "");
}

const pidOf = async (scene: ServedHandlers) => (await scene.status())!.pid;

specTest("killed in the middle of a handler, before it and after it", ["root", "runc"], async (subject) => {
  await using scene = await servedHandlers(subject, HANDLERS);
  await scene.serve();
  await assertServedAgain(scene, "first");
  const { ran } = await createSlow(scene, "slow1");
  Deno.kill(await pidOf(scene), "SIGKILL");
  await assertLost(scene, "slow1", ran);
  // Nobody serves now, and what it left behind leads nowhere.
  await assertWorks(scene, "cold");
  await assertServedAgain(scene, "again");
}, "files");

specTest("stopped in the middle of a handler, and before it", ["root", "runc"], async (subject) => {
  await using scene = await servedHandlers(subject, HANDLERS);
  await scene.serve();
  const { ran } = await createSlow(scene, "slow1");
  Deno.kill(await pidOf(scene), "SIGSTOP");
  await assertLost(scene, "slow1", ran);
  await until("it runs again", async () => await scene.status() !== null);
  Deno.kill(await pidOf(scene), "SIGSTOP");
  await assertWorks(scene, "cold");
  await assertServedAgain(scene, "again");
}, "files");

specTest(
  "its folder removed: what it has begun is done; its caller killed: what was done is taken back",
  ["root", "runc"],
  async (subject) => {
    await using scene = await servedHandlers(subject, HANDLERS);
    await scene.serve();
    const slow = await createSlow(scene, "slow1");
    await scene.here.host.mustRun(["rm", "-r", "/run/container-hooks/handlers"]);
    assert.equal((await slow.ran).status, 0);
    assert.deepEqual(await scene.notes(), ["begun slow1", "done slow1", "poststop slow1"]);
    await assertServedAgain(scene, "again");

    const { ran } = await createSlow(scene, "slow2");
    const [record] = await scene.left();
    Deno.kill(Number(/\.createRuntime\.(\d+)$/.exec(record!)![1]), "SIGKILL");
    assert.notEqual((await ran).status, 0);
    await until("what was done is taken back", async () => (await scene.notes()).includes("undone slow2"));
    assert.ok(!(await scene.notes()).includes("done slow2"));
    await assertServedAgain(scene, "more");
  },
  "files",
);

specTest("killed in the middle of a start: it is refused, and the container is removed", [
  "root",
  "runc",
], async (subject) => {
  const { createRuntime: start, poststop } = HANDLERS;
  await using scene = await servedHandlers(subject, { start, poststop });
  await scene.serve();
  const runtime = (...args: string[]) => scene.here.host.run(["/usr/bin/container-hooks-runtime", ...args]);
  assert.equal((await runtime("create", "--bundle", scene.bundle.path, "slow1")).status, 0);
  const started = runtime("start", "slow1");
  await until("its handler is at work", async () => (await scene.notes()).includes("begun slow1"));
  Deno.kill(await pidOf(scene), "SIGKILL");
  const { status, stderr } = await started;
  assert.equal(status, 1);
  assert.match(
    stderr,
    /cannot start container slow1: the service that calls handlers ended in the middle of start/,
  );
  assert.deepEqual(await scene.notes(), ["begun slow1", "poststop slow1"]);
  assert.notEqual((await runtime("state", "slow1")).status, 0);
  assert.equal(await kept(scene), "");
}, "files");
