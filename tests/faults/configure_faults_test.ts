/** `runtime configure` and `unconfigure` that are killed, starved of disk, or in each other's way. */
import assert from "node:assert/strict";
import { install, type Installation } from "../harness/installation.ts";
import { killing, type Moment, momentsOf, recording } from "../harness/kill_moments.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const ORIGINAL = '{\n\t"debug": false\n}';

interface Scene {
  work: WorkFolder;
  installed: Installation;
  folder: string;
  file: string;
  /** The words of `runtime VERB` for the file. */
  words(verb: "configure" | "unconfigure", name?: string): string[];
  text(): string;
}

async function makeScene({ form, work }: Subject): Promise<Scene> {
  const installed = await install(form, work);
  const file = work.file("etc/daemon.json", ORIGINAL, 0o640);
  return {
    work,
    installed,
    folder: `${work.path}/etc`,
    file,
    words: (verb, name = "container-hooks") => [
      ...[installed.program, "runtime", verb, "--runtime", "docker", "--config", file],
      ...["--name", name, "--path", installed.runtime],
    ],
    text: () => Deno.readTextFileSync(file),
  };
}

function call({ words, installed }: Scene, verb: "configure" | "unconfigure", name?: string): Promise<Ran> {
  return run(words(verb, name), { env: installed.env });
}

// ---- killed

/** System calls that change what is on the disk. */
const CHANGING =
  "open,openat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat," +
  "chown,fchown,fchownat,chmod,fchmod,fchmodat,fsync,fdatasync";

for (const verb of ["configure", "unconfigure"] as const) {
  specTest(
    `killed at any write, ${verb} leaves the old or the new file, whole, and is taken back to the byte`,
    ["root", "runc", "docker", "strace"],
    async (subject) => {
      const { moments, whole } = await record(subject, verb);
      for (const moment of moments) {
        const scene = await makeAnew(subject, verb);
        const ran = await traced(scene, verb, killing(moment));
        const when = `killed at ${moment.line}`;
        assert.equal(ran.status, 137, `${when}: not killed; ${ran.stderr}`);
        assert.ok([ORIGINAL, whole].includes(scene.text()), `${when}: ${scene.text()}`);
        const healed = await call(scene, "unconfigure");
        assert.equal(healed.status, 0, `${when}: ${healed.stderr}${healed.stdout}`);
        assert.equal(scene.text(), ORIGINAL, when);
        assert.deepEqual(names(scene.folder), ["daemon.json"], when);
        assert.equal(Deno.statSync(scene.file).mode! & 0o777, 0o640, when);
      }
    },
    "files",
  );
}

/** The scene before the call, always at the same paths: our records are named by those of the engine's files. */
async function makeAnew(subject: Subject, verb: "configure" | "unconfigure"): Promise<Scene> {
  const { path } = subject.work;
  for (const name of names(path)) Deno.removeSync(`${path}/${name}`, { recursive: true });
  const scene = await makeScene(subject);
  if (verb === "unconfigure") assert.equal((await call(scene, "configure")).status, 0);
  return scene;
}

/** Every moment at which the call changes something where it matters, and the text that `configure` makes. */
async function record(
  subject: Subject,
  verb: "configure" | "unconfigure",
): Promise<{ moments: Moment[]; whole: string }> {
  const scene = await makeAnew(subject, verb);
  // The first start of all may unpack the program; that is another test's matter.
  await scene.installed.command(["version"]);
  const configured = scene.text();
  const trace = `${scene.work.path}/trace`;
  assert.equal((await traced(scene, verb, recording(CHANGING, trace))).status, 0);
  const moments = momentsOf(Deno.readTextFileSync(trace)).filter((moment) => isOurs(moment, scene));
  const changed = new Set(moments.flatMap(({ targets }) => targets));
  for (const path of [scene.file, `${scene.work.path}/state/engines.json`]) {
    assert.ok(changed.has(path), `no call on ${path} was seen`);
  }
  return { moments, whole: verb === "configure" ? scene.text() : configured };
}

/** A new file whose name is a token is met by its making and its renaming: they are calls on the folder. */
function isOurs({ targets, traced }: Moment, { folder, work }: Scene): boolean {
  const isBelow = (path: string) =>
    [folder, `${work.path}/state`].some((top) => `${path}/`.startsWith(`${top}/`));
  return targets.some(isBelow) && !/\.new-(\d+-)?[0-9a-f]{32}$/.test(traced);
}

async function traced(scene: Scene, verb: "configure" | "unconfigure", options: string[]): Promise<Ran> {
  return await run(["strace", "-f", ...options, ...scene.words(verb)], { env: scene.installed.env });
}

// ---- starved

/** A file system that is filled to the last byte behind what is there already. */
async function fullDisk(path: string): Promise<void> {
  const kept = Array.from(Deno.readDirSync(path)).filter((entry) => entry.isFile)
    .map(({ name }) => ({ name, bytes: Deno.readFileSync(`${path}/${name}`) }));
  await mustRun(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", path]);
  for (const { name, bytes } of kept) Deno.writeFileSync(`${path}/${name}`, bytes);
  assert.match((await run(["dd", "if=/dev/zero", `of=${path}/filler`, "bs=4096"])).stderr, /No space left/);
}

async function readOnly(path: string): Promise<void> {
  await mustRun(["mount", "--bind", path, path]);
  await mustRun(["mount", "-o", "remount,bind,ro", path]);
}

const STARVED: { name: string; starve: (scene: Scene) => Promise<void>; says: RegExp }[] = [
  {
    name: "a full disk under the engine's configuration",
    starve: ({ folder }) => fullDisk(folder),
    says: /engine configuration \S+daemon\.json cannot be written: no space left on device/,
  },
  {
    name: "a read-only /etc",
    starve: ({ folder }) => readOnly(folder),
    says: /engine configuration \S+daemon\.json cannot be written: read-only file system/,
  },
  {
    name: "a full disk under our own records",
    starve: ({ work }) => fullDisk(work.folder("state", 0o700)),
    says: /cannot be written: no space left on device/,
  },
];

for (const { name, starve, says } of STARVED) {
  specTest(
    `${name}: nothing is changed, nothing is left behind, and it is said`,
    ["root", "runc"],
    async (subject) => {
      const scene = await makeScene(subject);
      await starve(scene);
      const before = names(scene.folder);
      const ran = await call(scene, "configure");
      assert.equal(ran.status, 1, ran.stdout);
      assert.match(ran.stderr, says);
      assert.equal(scene.text(), ORIGINAL);
      assert.deepEqual(names(scene.folder), before);
    },
    "files",
  );
}

// ---- two at once

specTest(
  "two configures at once: both are there, and both are taken back to the byte",
  ["root", "runc"],
  async (subject) => {
    const scene = await makeScene(subject);
    const ran = await Promise.all(["one", "two", "three"].map((name) => call(scene, "configure", name)));
    assert.deepEqual(ran.map(({ status }) => status), [0, 0, 0], ran.map(({ stderr }) => stderr).join());
    assert.deepEqual(Object.keys(JSON.parse(scene.text()).runtimes).sort(), ["one", "three", "two"]);
    for (const name of ["one", "two", "three"]) {
      assert.equal(
        (await call(scene, "unconfigure", name)).status,
        0,
      );
    }
    assert.equal(scene.text(), ORIGINAL);
  },
  "files",
);

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
}
