/** Installing, upgrading and uninstalling: killed at any step, on full and read-only disks, two at once. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { portableFolder } from "../harness/forms.ts";
import { killing, type Moment, momentsOf, recording } from "../harness/kill_moments.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type PrivateHost, privateHost } from "../harness/private_host.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import type { Ran } from "../harness/run.ts";
import { anotherVersion } from "../harness/versions.ts";

const COMMAND = "/usr/bin/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";
const RECORD = "/var/lib/container-hooks/install.json";

/** A private host with a stand-in for the runtime, and a bundle for it. */
interface Scene extends AsyncDisposable {
  host: PrivateHost;
  /** Calls the built file, which has been unpacked before. */
  call(file: string, ...args: string[]): Promise<Ran>;
  /** What is there that was not when nothing was installed. */
  left(): Promise<string[]>;
  /** Creates a container through the launcher; "none" where there is none. */
  create(): Promise<"works" | "none">;
}

async function makeScene({ work }: Subject): Promise<Scene> {
  const probe = probeRuntime(work);
  const { path, config } = await makeBundle(work);
  const host = await privateHost();
  // The administrator's own, so it stays at each uninstalling.
  await host.write(
    "/etc/container-hooks/config.toml",
    `[container-hooks-runtime]\nruntimes = ["${probe.path}"]\n`,
  );
  await host.write("/etc/container-hooks/hooks.json", `{ "poststop": [{ "path": "/bin/true" }] }\n`);
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
  const before = await host.changes();
  const ours = (path: string) => !path.startsWith(work.path) && !path.startsWith(portableFolder());
  return {
    host,
    call: (file, ...args) => host.run([file, ...args], { env }),
    left: async () => (await host.changes()).filter((path) => !before.includes(path)).filter(ours),
    async create() {
      if ((await host.run(["test", "-e", LAUNCHER])).status !== 0) return "none";
      const ran = await host.run([LAUNCHER, "create", "--bundle", path, "c1"]);
      assert.equal(ran.status, PROBE_STATUS, ran.stderr);
      assert.match((await host.read(config))!, /"poststop"/);
      return "works";
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

// ---- killed

/** System calls by which a name appears, changes or goes. */
const NAMING = "mkdir,mkdirat,rename,renameat,renameat2,symlink,symlinkat,unlink,unlinkat,rmdir";

/** Runs it to its end, and gives back every moment at which it changed a name outside of a version's folder. */
async function record({ host }: Scene, argv: string[]): Promise<Moment[]> {
  const trace = "/run/trace";
  await host.mustRun(["strace", ...recording(NAMING, trace), ...argv], {
    env: { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() },
  });
  const moments = withoutLike(
    momentsOf((await host.read(trace))!).filter(({ targets }) => targets.some(isOurs)),
  );
  // The record is exchanged by names in an opened folder: without it, the last of all steps would be missing.
  assert.ok(moments.some(({ targets }) => targets.includes(RECORD)), "no call on the record was seen");
  return moments;
}

function isOurs(path: string): boolean {
  return /^\/(usr|etc|var\/lib\/container-hooks)\//.test(path) && !/[0-9a-f]{64}\//.test(path);
}

/** Of texts to read and their folders, which are made and removed one like the other, leaves the first of each call. */
function withoutLike(moments: Moment[]): Moment[] {
  const seen = new Set<string>();
  return moments.filter(({ call, targets }) => {
    if (!/^\/usr\/share\/(doc|man)\//.test(targets.at(-1)!)) return true;
    return !seen.has(call) && seen.add(call) !== undefined;
  });
}

async function killedAt({ host }: Scene, moment: Moment, argv: string[]): Promise<void> {
  const ran = await host.run(["strace", ...killing(moment), ...argv], {
    env: { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() },
  });
  assert.equal(ran.status, 137, `not killed at ${moment.line}: ${ran.stderr}`);
}

async function succeeds(scene: Scene, moment: Moment, file: string, ...args: string[]): Promise<void> {
  const { status, stderr } = await scene.call(file, ...args);
  assert.equal(status, 0, `${args[0]} after a kill at ${moment.line}: ${stderr}`);
}

specTest("killed at any step of the first installing, nothing is broken, and it can be completed or undone", [
  "root",
  "runc",
  "strace",
], async (subject) => {
  await using scene = await makeScene(subject);
  const file = subject.form.path;
  const install = [file, "install"];
  const moments = await record(scene, install);
  const whole = await scene.left();
  await succeeds(scene, moments[0]!, file, "uninstall");
  const seen = new Set<string>();
  for (const [index, moment] of moments.entries()) {
    await killedAt(scene, moment, install);
    seen.add(await scene.create());
    if (index % 5 === 0) {
      await succeeds(scene, moment, file, "install");
      assert.equal(await scene.create(), "works", moment.line);
      assert.deepEqual(withoutCaches(await scene.left()), withoutCaches(whole), moment.line);
    }
    await succeeds(scene, moment, file, "uninstall");
    assert.deepEqual(await scene.left(), [], moment.line);
  }
  assert.deepEqual([...seen].sort(), ["none", "works"]);
}, "files");

/** What containers leave there, and Deno. */
function withoutCaches(paths: string[]): string[] {
  return paths.filter((path) => !/\/cache(\/|$)|index\.json$|\/container-hooks\/bundles(\/|$)/.test(path));
}

specTest(
  "killed at any step of an upgrade, containers are created as before",
  ["root", "runc", "strace"],
  async (
    subject,
  ) => {
    const newer = anotherVersion(subject.form, subject.work, 1);
    await using scene = await makeScene(subject);
    const { host } = scene;
    await scene.call(subject.form.path, "install");
    const upgrade = [newer, "install"];
    const moments = await record(scene, upgrade);
    const versions = new Set<string>();
    for (const moment of moments) {
      await succeeds(scene, moment, subject.form.path, "install");
      // Twice: the version that was in force before goes only then, and is to be made once more.
      await succeeds(scene, moment, subject.form.path, "install");
      await killedAt(scene, moment, upgrade);
      assert.equal(await scene.create(), "works", moment.line);
      versions.add((await host.mustRun(["grep", "^container_hooks_program=", LAUNCHER])).stdout);
    }
    assert.equal(versions.size, 2, "a kill before the launcher was exchanged and one after belong here");
    await succeeds(scene, moments[0]!, newer, "install");
    await succeeds(scene, moments[0]!, COMMAND, "uninstall");
    assert.deepEqual(await scene.left(), []);
  },
  "files",
);

specTest("killed at any step of uninstalling, it can be completed or installed again", [
  "root",
  "runc",
  "strace",
], async (subject) => {
  await using scene = await makeScene(subject);
  const file = subject.form.path;
  await scene.call(file, "install");
  const moments = await record(scene, [file, "uninstall"]);
  for (const [index, moment] of moments.entries()) {
    await succeeds(scene, moment, file, "install");
    await killedAt(scene, moment, [file, "uninstall"]);
    await scene.create();
    if (index % 4 === 0) {
      await succeeds(scene, moment, file, "install");
      assert.equal(await scene.create(), "works", moment.line);
    }
    await succeeds(scene, moment, file, "uninstall");
    assert.deepEqual(await scene.left(), [], moment.line);
  }
}, "files");

// ---- starved

/** Makes a place as bad as it gets, on the private host. */
const STARVED: { name: string; starve: string; says: RegExp; args?: string[]; upgrades?: true }[] = [
  {
    name: "too little room for the program",
    starve: "mkdir /run/small; mount -t tmpfs -o size=9m,mode=755 tmpfs /run/small",
    args: ["--prefix", "/run/small"],
    says: /\/run\/small has \S+ MiB free, and the program needs \S+ MiB; make room there, or .*--prefix/,
  },
  {
    name: "a full disk under the man page",
    starve: "cd /usr/share/man && mount -t tmpfs -o size=8k,mode=755 tmpfs man8 && cat /dev/zero >man8/x",
    says: /man8\/container-hooks\.8 cannot be written: no space left on device; .* disk has space/i,
  },
  {
    name: "a read-only /usr",
    starve: "mount -o remount,ro /usr",
    says: /is on a read-only file system; install into folders that can be written/i,
  },
  {
    name: "a read-only /etc",
    starve: "mount -o remount,ro /etc",
    // It has no business there.
    upgrades: true,
    says: /cannot be written: read-only file system; make the folder writable/i,
  },
  {
    name: "a noexec mount for the program",
    starve: "mkdir /run/noexec; mount -t tmpfs -o noexec,mode=755 tmpfs /run/noexec",
    args: ["--prefix", "/run/noexec"],
    says: /cannot be set up in \/run\/noexec\/\.new: .*(noexec|permission denied).*--prefix/i,
  },
];

for (const { name, starve, says, args = [], upgrades } of STARVED) {
  specTest(`${name}: a first installing leaves nothing, an upgrade the old version`, ["root", "runc"], async (
    subject,
  ) => {
    const newer = anotherVersion(subject.form, subject.work, 1);
    for (const installed of upgrades ? [false] : [false, true]) {
      await using scene = await makeScene(subject);
      if (installed) assert.equal((await scene.call(subject.form.path, "install")).status, 0);
      const before = withoutCaches(await scene.left());
      await scene.host.run(["sh", "-c", starve]);
      const ran = await scene.call(newer, "install", ...args);
      assert.equal(ran.status, 1, ran.stdout);
      assert.match(ran.stderr, says);
      assert.doesNotMatch(ran.stderr, /defect|CONTAINER_HOOKS_PORTABLE_DIR/);
      assert.equal(await scene.create(), installed ? "works" : "none");
      assert.deepEqual(withoutCaches(await scene.left()), before);
    }
  }, "files");
}

specTest("two that install at once both succeed", ["root", "runc"], async (subject) => {
  const newer = anotherVersion(subject.form, subject.work, 1);
  await using scene = await makeScene(subject);
  const rans = await Promise.all([subject.form.path, newer].map((file) => scene.call(file, "install")));
  assert.deepEqual(rans.map(({ status, stderr }) => [status, stderr]), [[0, ""], [0, ""]]);
  assert.equal(await scene.create(), "works");
  assert.equal((await scene.call(COMMAND, "uninstall")).status, 0);
  assert.deepEqual(await scene.left(), []);
}, "files");
