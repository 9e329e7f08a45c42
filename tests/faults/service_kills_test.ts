/**
 * The service killed at any moment, while containers start: CONTAINER_HOOKS_KILLS times, by default 25.
 *
 * The runtime is a stand-in that prints the config.json it was given, so that thousands of containers take minutes.
 */
import assert from "node:assert/strict";
import { pause } from "../../mod/host/timer.ts";
import { specTest } from "../harness/needs.ts";
import { type ServedHost, servedHost } from "../harness/served_host.ts";
import { until } from "../harness/until.ts";

const KILLS = Number(Deno.env.get("CONTAINER_HOOKS_KILLS") ?? 25);

/** Containers that start around each kill. */
const AT_ONCE = 3;

/** Milliseconds within which the kill comes after a container has asked: a warm create takes some. */
const MOMENTS = 60;

const RUNTIME = `#!/bin/sh
for word do
  [ "$before" != --bundle ] || exec cat "$word/config.json"
  before=$word
done
`;

const CONFIG =
  `{"ociVersion": "1.0.2", "process": {"user": {"uid": 0, "gid": 0}, "args": ["true"], "cwd": "/"},
  "root": {"path": "rootfs"}, "linux": {}, "wide": 18446744073709551615}
`;

const PLAN = `return { edits: [
  setEnv("MARK", container.id), hook.poststop("/bin/true", [container.id], { timeout: 5 }),
] };`;

/** How one container came out. */
interface Ended {
  id: string;
  status: number;
  started: string;
  stderr: string;
  /** What lies in its bundle afterwards, by name. */
  left: Record<string, string>;
}

/** Starts a container, with a bundle of its own. */
async function start({ host }: ServedHost, id: string): Promise<Ended> {
  const bundle = `${host.root}/run/bundles/${id}`;
  Deno.mkdirSync(bundle, { recursive: true });
  Deno.writeTextFileSync(`${bundle}/config.json`, CONFIG);
  const [program, ...args] = [...host.enter, "/usr/bin/container-hooks-runtime"];
  const ran = await new Deno.Command(program!, {
    args: [...args, "create", "--bundle", `/run/bundles/${id}`, id],
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const left = [...Deno.readDirSync(bundle)].map((
    { name },
  ) => [name, Deno.readTextFileSync(`${bundle}/${name}`)]);
  Deno.removeSync(bundle, { recursive: true });
  return {
    id,
    status: ran.code,
    started: text(ran.stdout),
    stderr: text(ran.stderr),
    left: Object.fromEntries(left),
  };
}

/** Planned, or refused with a sentence; config.json old or new, and whole. @returns whether it was planned */
function check({ id, status, started, stderr, left }: Ended, planned: string): boolean {
  const mine = planned.replaceAll("REFERENCE", id);
  if (status === 0) {
    assert.equal(started, mine, id);
    assert.equal(left["config.json"], mine, id);
    return true;
  }
  assert.equal(started, "", id);
  assert.match(stderr, new RegExp(`^container-hooks: cannot start container ${id}: `), stderr);
  assert.ok(left["config.json"] === CONFIG || left["config.json"] === mine, String(left["config.json"]));
  return false;
}

/** How many of ten containers are planned by the service. */
async function warmOfTen(here: ServedHost, planned: string, name: string): Promise<number> {
  const before = await here.counted();
  for (let n = 0; n < 10; n++) assert.ok(check(await start(here, `${name}-${n}`), planned));
  return (await here.counted()).warm - before.warm;
}

/** Waits for the moment of a kill: before anything is asked, while it is, or after the first answer. */
async function momentOf(here: ServedHost, turn: number, containers: Promise<unknown>[]): Promise<void> {
  if (turn % 4 === 0) return await pause(Math.random() * 10);
  if (turn % 4 === 1) return void await Promise.race(containers);
  for (let looks = 0; looks < 200 && locks(here).length === 0; looks++) await pause(1);
  await pause(Math.random() * MOMENTS);
}

/** The journal's entries of containers whose id begins so. */
function entriesOf({ host }: ServedHost, prefix: string): { id: string; warm: boolean; why?: string }[] {
  const journal = `${host.root}/run/container-hooks/journal`;
  return [...Deno.readDirSync(journal)].filter(({ name }) => name.endsWith(".json"))
    .map(({ name }) => JSON.parse(Deno.readTextFileSync(`${journal}/${name}`)))
    .filter(({ container: { id }, outcome }) => outcome === "edited" && id.startsWith(prefix))
    .map(({ container: { id }, planned }) => ({ id, ...planned }));
}

/** What a create that a kill has met may tell of it. */
const MET = ["the service ended before it answered", "no service runs", "the place is another's"];

/** Locks of places, in all generations. */
function locks({ host }: ServedHost): string[] {
  const service = `${host.root}/run/container-hooks/service`;
  return [...Deno.readDirSync(service)].filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => [...Deno.readDirSync(`${service}/${name}`)])
    .map(({ name }) => name).filter((name) => name.startsWith("lock-"));
}

specTest(`${KILLS} kills of the service leave each container planned or refused`, [
  "root",
  "runc",
], async ({ form }) => {
  await using here = await servedHost(form);
  await here.host.write("/usr/sbin/runc", RUNTIME);
  await here.plugin("marks", PLAN);
  const { started: planned } = await start(here, "REFERENCE");
  assert.match(planned, /"MARK=REFERENCE"[^]*18446744073709551615/);
  let service = await here.serve();
  assert.equal(await warmOfTen(here, planned, "before"), 10);

  let [started, refused] = [0, 0];
  for (let turn = 0; turn < KILLS; turn++) {
    const containers = Array.from({ length: AT_ONCE }, (_, n) => start(here, `k${turn}-${n}`));
    await momentOf(here, turn, containers);
    service.kill("SIGKILL");
    await service.status;
    service = await here.start();
    for (const ended of await Promise.all(containers)) check(ended, planned) ? started++ : refused++;
    // The first that asks the next service is planned by it.
    assert.ok(check(await start(here, `next${turn}`), planned));
  }
  // A kill is no reason to refuse anything.
  assert.deepEqual([started, refused], [KILLS * AT_ONCE, 0]);
  const entries = entriesOf(here, "k");
  const cold = entries.filter(({ warm }) => !warm);
  const twice = entries.length - new Set(entries.map(({ id }) => id)).size;
  assert.deepEqual(cold.filter(({ why }) => !MET.includes(why!)), []);
  // Some kills came before and some after the service answered.
  assert.ok(cold.length > 0 && cold.length < entries.length, `${cold.length} of ${entries.length} are cold`);
  assert.deepEqual(entriesOf(here, "next").filter(({ warm }) => !warm), []);
  if (KILLS > 25) {
    console.log(
      `${started} containers met a kill: ${
        entries.length - cold.length
      } planned warm and ${cold.length} cold, ` +
        `${twice} of them both; and ${KILLS} came next, all warm`,
    );
  }
  await until("no place is held", () => locks(here).length === 0);
  assert.equal(
    [...Deno.readDirSync(`${here.host.root}/run/container-hooks/service`)]
      .filter(({ isDirectory }) => isDirectory).length,
    1,
  );
  assert.equal(await warmOfTen(here, planned, "after"), 10);
}, "files");
