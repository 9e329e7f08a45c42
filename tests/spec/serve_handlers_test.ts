/** The service that calls handlers: what a container gets through it is what it gets without, and nothing is done twice. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { makeBundle } from "../harness/bundle.ts";
import { handlersText, servedHandlers } from "../harness/served_handlers.ts";
import { until } from "../harness/until.ts";

const note = (stage: string) => `await note("${stage}", state.id, carry.of, String((state.pid ?? 0) > 1));`;
const ALL = {
  createRuntime: note("createRuntime"),
  poststart: note("poststart"),
  poststop: note("poststop"),
};

specTest("handlers through the service are called as without", ["root", "runc"], async (subject) => {
  await using scene = await servedHandlers(subject, ALL);
  const { here, bundle } = scene;
  const outcome = async (id: string) => {
    const ran = await here.create(id, bundle.path);
    const notes = (await scene.notes()).map((line) => line.replaceAll(id, "ID"));
    await scene.forget();
    return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr, notes };
  };
  const cold = await outcome("cold");

  assert.deepEqual([cold.status, cold.stdout, cold.stderr], [0, "started\n", ""]);
  assert.deepEqual(cold.notes, ["createRuntime ID ID true", "poststart ID ID true", "poststop ID ID false"]);
  await scene.serve();
  assert.deepEqual(await outcome("warm"), cold);
  assert.deepEqual(await scene.counted(), { warm: 3, refused: 0 });
  assert.deepEqual(await scene.left(), []);
}, "files");

specTest("a handler that fails through the service is told and taken back as without", [
  "root",
  "runc",
], async (subject) => {
  await using scene = await servedHandlers(subject, {
    createRuntime: `undo(() => note("undone", state.id)); await note("begun", state.id);
      if (state.id.startsWith("bad")) throw new Error("no \\"bridge\\" 50%");
      if (state.id.startsWith("late")) await new Promise(() => {});
      if (state.id.startsWith("loop")) while (true);`,
  }, "timeout = 1");
  const outcome = async (id: string) => {
    const { status, stderr } = await scene.here.create(id, scene.bundle.path);
    const notes = await scene.notes();
    await scene.forget();
    const { stdout: log } = await scene.here.host.mustRun(["cat", "/var/log/container-hooks-runtime.log"]);
    const generic = (text: string) => text.replaceAll(id, "ID").replace(/time="[^"]*" /g, "");
    return [
      status,
      generic(stderr),
      notes.map(generic),
      log.split("\n").filter((line) => line.includes(id)).map(generic),
    ];
  };
  const ids = ["bad", "late", "loop"];
  const cold = [];
  for (const id of ids) cold.push(await outcome(`${id}cold`));
  await scene.serve();
  for (const [n, id] of ids.entries()) assert.deepEqual(await outcome(`${id}warm`), cold[n], id);
  assert.match(
    String(cold[0]),
    /cannot start container ID: plugin first failed at createRuntime \(.*no \W*bridge/,
  );
  assert.deepEqual(await scene.counted(), { warm: 0, refused: 3 });
  assert.deepEqual(await scene.left(), []);
}, "files");

specTest(
  "the start of a marked container, and a plugin that was exchanged since the container was planned",
  ["root", "runc"],
  async (subject) => {
    const on = {
      start: `await note("start", state.id); if (state.id === "bad") throw new Error("it may not");`,
      poststop: 'await note("poststop", state.id);',
    };
    await using scene = await servedHandlers(subject, on);
    const { here, bundle } = scene;
    await scene.serve();
    const runtime = (...args: string[]) => here.host.run(["/usr/bin/container-hooks-runtime", ...args]);
    assert.equal((await runtime("create", "--bundle", bundle.path, "good")).status, 0);
    await here.plugin("first", "return { carry: {} };", handlersText({ poststop: 'await note("newer");' }));
    const started = await runtime("start", "good");
    assert.equal(started.status, 0, started.stderr);
    await until("it has ended", async () => /stopped/.test((await runtime("state", "good")).stdout));
    assert.equal((await runtime("delete", "good")).status, 0);
    assert.deepEqual(await scene.notes(), ["start good", "poststop good"]);
    assert.deepEqual(await scene.counted(), { warm: 2, refused: 0 });

    await scene.forget();
    await here.plugin("first", "return { carry: {} };", handlersText(on));
    assert.equal((await runtime("create", "--bundle", bundle.path, "bad")).status, 0);
    const refused = await runtime("start", "bad");
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^container-hooks: cannot start container bad: plugin first failed at start.*it may not/,
    );
    assert.deepEqual(await scene.notes(), ["start bad", "poststop bad"]);
    assert.deepEqual(await scene.left(), []);
  },
  "files",
);

specTest("a slow handler holds up nobody", ["root", "runc"], async (subject) => {
  await using scene = await servedHandlers(subject, {
    createRuntime: `if (state.id === "slow") await host.run("/usr/bin/sleep", ["6"]); await note(state.id);`,
  });
  const bundles = [];
  for (const name of ["b0", "b1", "b2"]) {
    bundles.push(await makeBundle(subject.work, { name, args: ["true"] }));
  }
  await scene.serve();
  const slow = scene.here.create("slow", scene.bundle.path);
  const others = await Promise.all(bundles.map(({ path }, n) => scene.here.create(`quick${n}`, path)));
  assert.deepEqual(others.map(({ status }) => status), [0, 0, 0]);
  assert.equal((await slow).status, 0);
  assert.equal((await scene.notes()).at(-1), "slow");
  assert.deepEqual(await scene.counted(), { warm: 4, refused: 0 });
}, "files");
