/** `runtime configure` and `unconfigure` that are killed, starved of disk, or in each other's way. */
import assert from "node:assert/strict";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

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

/**
 * System calls that change what is on the disk, but for those whose number differs from run to run, because /proc
 * is read: a file that was opened and not written to is one whose fsync was never reached.
 */
const WRITING =
  "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,chown,fchownat,chmod,fchmodat,fsync," +
  "fdatasync";

/** The `nth` call of `name` by one thread. */
interface Moment {
  name: string;
  nth: number;
}

for (const verb of ["configure", "unconfigure"] as const) {
  specTest(
    `killed at any write, ${verb} leaves the old or the new file, whole, and is taken back to the byte`,
    ["root", "runc", "docker", "strace"],
    async ({ form }) => {
      const { moments, whole } = await record({ form, verb });
      for (const moment of moments) {
        using work = workFolder();
        const scene = await makeScene({ form, work });
        if (verb === "unconfigure") assert.equal((await call(scene, "configure")).status, 0);
        const ran = await traced(scene, verb, `--inject=${moment.name}:signal=KILL:when=${moment.nth}`);
        const when = `killed at ${moment.name} number ${moment.nth}`;
        assert.equal(ran.status, 137, `${when}: not killed; ${ran.stderr}`);
        assert.ok([ORIGINAL, whole(scene)].includes(scene.text()), `${when}: ${scene.text()}`);
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

/** Every moment at which the call writes where it matters, and the text that it makes. */
async function record(
  { form, verb }: Pick<Subject, "form"> & { verb: "configure" | "unconfigure" },
): Promise<{ moments: Moment[]; whole: (scene: Scene) => string }> {
  using work = workFolder();
  const scene = await makeScene({ form, work });
  // The first start of all may unpack the program; that is another test's matter.
  await scene.installed.command(["version"]);
  if (verb === "unconfigure") await call(scene, "configure");
  const configured = scene.text();
  assert.equal((await traced(scene, verb, `--output=${work.path}/trace`)).status, 0);
  const made = verb === "configure" ? scene.text() : configured;
  const counts = new Map<string, number>();
  const moments: Moment[] = [];
  for (const line of Deno.readTextFileSync(`${work.path}/trace`).split("\n")) {
    const [, thread, name] = line.match(/^(\d+) +(\w+)\(/) ?? [];
    if (!thread || !name) continue;
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, nth);
    if (isWriteOfOurs(line, scene)) moments.push({ name, nth });
  }
  assert.ok(moments.length > 10, `only ${moments.length} writes were seen`);
  return { moments, whole: (other) => made.replace(work.path, other.work.path) };
}

function isWriteOfOurs(line: string, { folder, work }: Scene): boolean {
  return line.includes(folder) || line.includes(`${work.path}/state`);
}

async function traced(scene: Scene, verb: "configure" | "unconfigure", option: string): Promise<Ran> {
  const strace = ["strace", "-f", "-y", "-qq", `--trace=${WRITING}`, "--output=/dev/null", option];
  return await run([...strace, ...scene.words(verb)], { env: scene.installed.env });
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
