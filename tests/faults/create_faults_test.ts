/** A create that is killed, or whose disk is full or read-only, leaves a bundle that works. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, type ProbeRuntime, probeRuntime } from "../harness/probe.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import type { Form } from "../harness/forms.ts";

interface Scene {
  work: WorkFolder;
  bundle: Bundle;
  probe: ProbeRuntime;
  installed: Installation;
  create: string[];
}

async function makeScene({ form, work }: Subject): Promise<Scene> {
  const { hook } = recorder(work);
  const probe = probeRuntime(work);
  const hooks = { prestart: [hook("prestart")], poststop: [hook("poststop")] };
  const installed = await install(form, work, { runtimes: [probe.path], hooks });
  const bundle = await makeBundle(work);
  const create = [installed.runtime, "create", "--bundle", bundle.path, "c1"];
  return { work, bundle, probe, installed, create };
}

// ---- killed

/** System calls that change what is on the disk, and the one that hands over to the runtime. */
const WRITING =
  "openat,write,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,fchown,fchownat," +
  "fchmod,fchmodat,execve";

/** The `nth` call of `name` by one thread. */
interface Moment {
  name: string;
  nth: number;
}

/**
 * The calls before a moment differ from run to run, as threads come and go: a kill may come elsewhere, or the create
 * may reach its end. What has to hold holds wherever it comes.
 */
specTest("killed at any write, config.json is the old or the new one, and the next create works", [
  "root",
  "runc",
  "strace",
], async ({ form }) => {
  const { moments, whole } = await record(form);
  let kills = 0;
  for (const moment of moments) {
    using work = workFolder();
    const scene = await makeScene({ form, work });
    const ran = await traced(scene, `--inject=${moment.name}:signal=KILL:when=${moment.nth}`);
    if (wasKilled(form, ran)) kills++;
    else assert.equal(ran.status, PROBE_STATUS, `${describe(moment)}: ${ran.stderr}`);
    assertOldOrNew(scene, whole, describe(moment));
    await assertCreates(scene, whole, describe(moment));
  }
  assert.ok(kills > 0, `none of ${moments.length} creates was killed`);
});

/** Calls that come once in a create, whatever its threads do, and what config.json is when they are not reached. */
const TURNS: { name: string; calls: string; on: (scene: Scene) => string[]; left: "old" | "new" }[] = [
  {
    name: "at the rename, config.json is the old one",
    calls: "rename,renameat,renameat2",
    on: ({ bundle }) => [bundle.config, bundle.path],
    left: "old",
  },
  {
    name: "as the runtime is executed, config.json is the new one",
    calls: "execve",
    on: ({ probe }) => [probe.path],
    left: "new",
  },
];

for (const { name, calls, on, left } of TURNS) {
  specTest(`killed ${name}, and the next create works`, ["root", "runc", "strace"], async (subject) => {
    const scene = await makeScene(subject);
    const { whole } = await record(subject.form);
    const paths = on(scene).map((path) => `--trace-path=${path}`);
    const ran = await traced(scene, ...paths, `--inject=${calls}:signal=KILL:when=1`);
    assert.ok(wasKilled(subject.form, ran), `not killed: ${ran.stderr}`);
    assert.deepEqual([hookCount(scene.bundle), scene.probe.calls()], [left === "old" ? 0 : whole, []]);
    assertOldOrNew(scene, whole, name);
    await assertCreates(scene, whole, name);
  });
}

/** The launcher outlives the program that it calls, and says what became of it. */
function wasKilled(form: Form, { status, stderr }: Ran): boolean {
  return status === 137 || (form.launcher === true && status === 1 && /was killed by signal 9/.test(stderr));
}

/** Every moment at which a create writes, and how many hooks it adds. */
async function record(form: Form): Promise<{ moments: Moment[]; whole: number }> {
  using work = workFolder();
  const scene = await makeScene({ form, work });
  // The first start of all may unpack the program; that is another test's matter.
  await scene.installed.command(["version"]);
  assert.equal((await traced(scene, `--output=${work.path}/trace`)).status, PROBE_STATUS);
  const counts = new Map<string, number>();
  const moments: Moment[] = [];
  // strace does not count the call by which it starts the program itself.
  for (const line of Deno.readTextFileSync(`${work.path}/trace`).split("\n")) {
    const [, thread, name] = line.match(/^(\d+) +(\w+)\(/) ?? [];
    if (!thread || !name || (name === "execve" && line.includes(`execve("${scene.installed.runtime}"`))) {
      continue;
    }
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, nth);
    if (isWriteOfOurs(line, scene)) moments.push({ name, nth });
  }
  return { moments, whole: hookCount(scene.bundle) };
}

function isWriteOfOurs(line: string, { bundle, installed, probe }: Scene): boolean {
  if (line.includes("execve(")) return line.includes(`execve("${probe.path}"`);
  // A path below it, or a descriptor of the folder itself, as strace -y shows it.
  const isBelow = (folder: string) => line.includes(`${folder}/`) || line.includes(`<${folder}>`);
  if (!isBelow(bundle.path) && !isBelow(installed.runFolder)) return false;
  return !line.includes("openat(") || /O_CREAT|O_WRONLY|O_RDWR/.test(line);
}

async function traced({ create, installed }: Scene, ...options: string[]): Promise<Ran> {
  const strace = [
    "strace",
    "-f",
    "-y",
    "-qq",
    `--trace=${WRITING}`,
    "--output=/dev/null",
    ...options,
  ];
  return await run([...strace, ...create], { env: installed.env });
}

/** No container is started from the old one, and the new one is on record. */
function assertOldOrNew({ bundle, installed, probe }: Scene, whole: number, when: string): void {
  const count = hookCount(bundle);
  const calls = probe.calls().length;
  assert.ok(count === whole || (count === 0 && calls === 0), `${when}: ${count} hooks, ${calls} calls`);
  if (count === 0) return;
  const journal = `${installed.runFolder}/journal`;
  const entries = Array.from(Deno.readDirSync(journal)).filter((entry) => entry.name.endsWith(".json"))
    .map((entry) => JSON.parse(Deno.readTextFileSync(`${journal}/${entry.name}`)));
  assert.ok(entries.some(({ container }) => container.id === "c1"), `${when}: no journal entry`);
}

async function assertCreates(scene: Scene, whole: number, when: string): Promise<void> {
  const { status, stderr } = await run(scene.create, { env: scene.installed.env });
  assert.equal(status, PROBE_STATUS, `${when}: ${stderr}`);
  assert.equal(hookCount(scene.bundle), whole, when);
}

/** @throws where config.json is not whole */
function hookCount(bundle: Bundle): number {
  return Object.values(bundle.spec().hooks ?? {}).flat().length;
}

function describe({ name, nth }: Moment): string {
  return `killed at ${name} number ${nth}`;
}

// ---- starved

/** A file system of a few kilobytes at `path`, filled to the last byte behind what is there already. */
async function fullDisk(path: string): Promise<void> {
  const kept = Array.from(Deno.readDirSync(path)).filter((entry) => entry.isFile)
    .map(({ name }) => ({ name, bytes: Deno.readFileSync(`${path}/${name}`) }));
  await mustRun(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", path]);
  for (const { name, bytes } of kept) Deno.writeFileSync(`${path}/${name}`, bytes);
  const filled = await run(["dd", "if=/dev/zero", `of=${path}/filler`, "bs=4096"]);
  assert.match(filled.stderr, /No space left/);
}

async function readOnly(path: string): Promise<void> {
  await mustRun(["mount", "--bind", path, path]);
  await mustRun(["mount", "-o", "remount,bind,ro", path]);
}

const STARVED: { name: string; starve: (scene: Scene) => Promise<void>; says: RegExp }[] = [
  {
    name: "a full disk under the bundle",
    starve: ({ bundle }) => fullDisk(bundle.path),
    says:
      /config\.json \S+ cannot be written: no space left on device; make .* sure that the disk has space/i,
  },
  {
    name: "a full disk under the journal",
    starve: ({ work }) => fullDisk(work.folder("run", 0o700)),
    says: /cannot be written: no space left on device; make .* sure that the disk has space/i,
  },
  {
    name: "a read-only bundle",
    starve: ({ bundle }) => readOnly(bundle.path),
    says: /config\.json \S+ cannot be written: read-only file system; make the folder writable/i,
  },
  {
    name: "a read-only journal",
    starve: ({ work }) => readOnly(work.folder("run", 0o700)),
    says: /cannot be written: read-only file system; make the folder writable/i,
  },
];

for (const { name, starve, says } of STARVED) {
  specTest(
    `${name} stops the container and leaves nothing half-written`,
    ["root", "runc"],
    async (subject) => {
      const scene = await makeScene(subject);
      const { bundle, probe, installed, create } = scene;
      await starve(scene);
      const before = bundle.text();
      const files = names(bundle.path);
      const ran = await run(create, { env: installed.env });
      assert.deepEqual([ran.status, probe.calls()], [1, []]);
      assert.match(ran.stderr, says);
      assert.equal(bundle.text(), before);
      assert.deepEqual(names(bundle.path), files);
    },
  );
}

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
}

const BAD_LOGS: Record<string, (path: string) => Promise<unknown>> = {
  "is a named pipe that nobody reads": (path) => mustRun(["mkfifo", path]),
  "is a folder": (path) => Deno.mkdir(path),
  "is on a full disk": (path) => fullDisk(path.slice(0, path.lastIndexOf("/"))),
};

for (const [state, spoil] of Object.entries(BAD_LOGS)) {
  specTest(
    `a log of our own that ${state} neither stops nor delays a container`,
    ["root", "runc"],
    async ({ form, work }) => {
      const log = `${work.folder("log")}/own.log`;
      await spoil(log);
      const { installed, create, bundle } = await makeScene({ form, work });
      const config = Deno.readTextFileSync(installed.configFile).replace(installed.log, log);
      Deno.writeTextFileSync(installed.configFile, config);
      const ran = await run(create, { env: installed.env, limit: 30 });
      assert.equal(ran.status, PROBE_STATUS, ran.stderr);
      assert.equal(hookCount(bundle), 2);
    },
  );
}
