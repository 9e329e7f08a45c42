/** Installing, upgrading and uninstalling: on a private copy of this machine, and in another system's root. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { portableFolder } from "../harness/forms.ts";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type PrivateHost, privateHost } from "../harness/private_host.ts";
import { mustRun, run } from "../harness/run.ts";
import { anotherVersion } from "../harness/versions.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const COMMAND = "/usr/bin/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";
const RECORD = "/var/lib/container-hooks/install.json";

/** A program that runs on this machine itself, for another root, unpacks into a folder of the tests. */
const UNPACKED = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };

/** What stands in the record of an installation. */
interface Recorded {
  state: string;
  program: string;
  items: { kind: string; path: string; mode?: number; runtime?: string }[];
}

/** Of this test alone: runtimes name control groups after it. */
const newId = () => `hooks-test-${crypto.randomUUID().slice(0, 8)}`;

async function recordOf(host: PrivateHost): Promise<Recorded> {
  return JSON.parse((await host.read(RECORD))!);
}

function runContainer(host: PrivateHost, bundle: Bundle, id: string) {
  return host.run([LAUNCHER, "run", "--bundle", bundle.path, id]);
}

/**
 * A test on a private host; its files are made before, since what changes below the host's layers is undefined.
 */
function onPrivateHost<Files>(
  name: string,
  files: (subject: Subject) => Files | Promise<Files>,
  body: (host: PrivateHost, files: Files, subject: Subject) => Promise<void>,
): void {
  specTest(name, ["root", "runc"], async (subject) => {
    const made = await files(subject);
    await using host = await privateHost();
    await body(host, made, subject);
  }, "files");
}

const nothing = () => {};

onPrivateHost(
  "installed, a container runs through the launcher; uninstalled, nothing is left",
  ({ work }) => makeBundle(work, { args: ["env"] }),
  async (host, bundle, { form, work }) => {
    const id = newId();
    const before = await host.changes();
    await host.mustRun([form.path, "install"]);
    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);

    const ran = await runContainer(host, bundle, id);
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /^MARKED=yes$/m);
    assert.equal(await host.read(`/run/ended-${id}`), "", "the handler of poststop was called");
    assert.notEqual(await host.read(bundle.config), bundle.text());

    await host.mustRun(["rm", "/etc/container-hooks/plugins/marking.ts"]);
    await host.mustRun([COMMAND, "uninstall"]);
    assert.equal(await host.read(bundle.config), bundle.text(), "the bundle has its own config.json again");
    const left = (await host.changes()).filter((path) => !path.startsWith(work.path));
    assert.deepEqual(left, before);
  },
);

onPrivateHost(
  "every file has its owner, its mode and its place on record",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun([form.path, "install"]);
    const { items, program, state } = await recordOf(host);
    assert.equal(state, "whole");
    for (const { path, kind, mode } of items) {
      const format = kind === "link" ? "%u %F" : "%u %F %a";
      const told = (await host.mustRun(["stat", "-c", format, path])).stdout.trim();
      const kinds: Record<string, string> = { link: "symbolic link", file: "regular file" };
      const wanted = `0 ${kinds[kind] ?? "directory"}${kind === "link" ? "" : ` ${mode!.toString(8)}`}`;
      assert.equal(told, wanted, path);
    }
    const { stdout } = await host.mustRun(["sha256sum", form.path, COMMAND]);
    const [source, installed] = stdout.split("\n").map((line) => line.split(" ")[0]);
    assert.equal(source, installed);
    assert.match(
      (await host.read(LAUNCHER))!,
      new RegExp(`^container_hooks_program='${program}/container-hooks'$`, "m"),
    );
  },
);

onPrivateHost(
  "installing again changes nothing, and heals what was removed",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun([form.path, "install"]);
    // What others do to this machine's folders meanwhile is seen in those of the host, too.
    const ours = (await recordOf(host)).items.filter(({ kind }) => kind === "file" || kind === "link")
      .map(({ path }) => path);
    assert.ok(ours.includes(LAUNCHER) && ours.includes(COMMAND), ours.join(" "));
    const listing = () => host.mustRun(["ls", "-ldi", "--full-time", ...ours]);
    const before = (await listing()).stdout;
    assert.match((await host.mustRun([COMMAND, "install"])).stdout, /^(\d+) of \1 are there already$/m);
    assert.equal((await listing()).stdout, before);
    await host.mustRun(["rm", LAUNCHER]);
    await host.mustRun([COMMAND, "install"]);
    assert.equal((await host.run([LAUNCHER, "--version"])).status, 0);
  },
);

onPrivateHost(
  "install over copies of the program refused them, and uninstall told to install",
  nothing,
  async (host, _, { form }) => {
    for (const path of [COMMAND, LAUNCHER]) await host.mustRun(["cp", form.path, path]);
    const refused = await host.run([COMMAND, "uninstall"]);
    assert.match(refused.stderr, /no installation is on record, and yet .*container-hooks-runtime/);
    await host.mustRun([COMMAND, "install"]);
    assert.match((await host.read(LAUNCHER))!, /^#!\/bin\/sh/);
    await host.mustRun([COMMAND, "uninstall"]);
    assert.equal(await host.read(LAUNCHER), undefined);
  },
);

onPrivateHost(
  "install over a copied wrapper lost the handlers of containers that were made through it",
  ({ work }) => makeBundle(work, { args: ["sleep", "60"] }),
  async (host, bundle, { form }) => {
    const id = newId();
    for (const path of [COMMAND, LAUNCHER]) await host.mustRun(["cp", form.path, path]);
    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
    await host.mustRun([LAUNCHER, "create", "--bundle", bundle.path, id]);
    await host.mustRun([LAUNCHER, "start", id]);
    await host.mustRun([COMMAND, "install"]);
    await host.mustRun([LAUNCHER, "delete", "--force", id]);
    assert.equal(await host.read(`/run/ended-${id}`), "", "the handler of poststop was called");
  },
);

onPrivateHost("of containers created while versions are exchanged, none fails", async ({ form, work }) => ({
  versions: [1, 2, 3].map((number) => anotherVersion(form, work, number)),
  bundles: [await makeBundle(work, { name: "bundle1" }), await makeBundle(work, { name: "bundle2" })],
}), async (host, { versions, bundles }, { form }) => {
  await host.mustRun([form.path, "install"]);
  await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
  let upgrading = true;
  const failures: string[] = [];
  const creating = bundles.map(async (bundle, worker) => {
    let count = 0;
    do {
      const ran = await runContainer(host, bundle, `${newId()}-${worker}-${count++}`);
      if (ran.status !== 0) failures.push(ran.stderr);
    } while (upgrading);
    return count;
  });
  for (const version of [...versions, form.path]) await host.mustRun([version, "install"]);
  upgrading = false;
  const counts = await Promise.all(creating);
  assert.deepEqual(failures, []);
  assert.ok(Math.min(...counts) > 1, `only ${counts} containers`);
});

onPrivateHost(
  "what a version has planned is dispatched by it, and only then it may go",
  async ({ form, work }) => ({
    versions: [1, 2, 3].map((number) => anotherVersion(form, work, number)),
    bundle: await makeBundle(work, { args: ["sleep", "1000"] }),
  }),
  async (host, { versions, bundle }, { form }) => {
    const id = newId();
    await host.mustRun([form.path, "install"]);
    const { program } = await recordOf(host);
    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
    await host.mustRun([LAUNCHER, "run", "--detach", "--bundle", bundle.path, id]);
    await host.mustRun([versions[0]!, "install"]);
    await host.mustRun([versions[1]!, "install"]);

    await host.mustRun([LAUNCHER, "delete", "--force", id]);
    assert.equal(await host.read(`/run/ended-${id}`), "");
    assert.ok((await recordOf(host)).items.some(({ path }) => path === program), "it is named, so it stays");

    await host.mustRun(["rm", bundle.config]);
    await host.mustRun([versions[2]!, "install"]);
    assert.ok(
      !(await recordOf(host)).items.some(({ path }) => path === program),
      "nothing names it any more",
    );
    assert.equal((await host.run(["test", "-e", program])).status, 1);
  },
);

onPrivateHost(
  "documentation, manual pages, types and examples lie under /usr/share, with links that hold",
  nothing,
  async (host, _, { form }) => {
    const { stdout } = await host.mustRun([form.path, "install"]);
    assert.match(stdout, /^make +\d+ documents +\/usr\/share\/doc\/container-hooks$/m);
    const share = "/usr/share/doc/container-hooks";
    assert.equal(
      await host.read(`${share}/docs/engines.md`),
      (await host.mustRun([COMMAND, "docs", "engines"])).stdout,
    );
    for (const [, link] of (await host.read(`${share}/README.md`))!.matchAll(/\]\(([\w/.-]+\.md)[)#]/g)) {
      if (link !== "ARCHITECTURE.md") assert.ok(await host.read(`${share}/${link!}`), link!);
    }
    assert.match((await host.read(`${share}/types/plugin.d.ts`))!, /definePlugin/);
    assert.ok(await host.read(`${share}/examples/new-plugin/plugin.ts`));
    assert.match((await host.read("/usr/share/man/man8/container-hooks-explain.8"))!, /^\.TH /);
    assert.match((await host.read("/usr/share/man/man5/container-hooks.toml.5"))!, /log\\-level/);
  },
);

onPrivateHost(
  "what the administrator has changed is kept and named; --purge takes it all",
  nothing,
  async (host, _, { form }) => {
    const before = await host.changes();
    await host.mustRun([form.path, "install"]);
    const config = "/etc/container-hooks/config.toml";
    const page = "/usr/share/man/man8/container-hooks.8";
    await host.write(config, "[container-hooks]\ndeadline = 30\n");
    await host.write(page, "mine\n");
    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
    await host.write("/var/lib/container-hooks/backups/daemon.json", "{}\n");

    await host.mustRun([form.path, "install"]);
    assert.equal(await host.read(config), "[container-hooks]\ndeadline = 30\n", "never overwritten");
    await host.write(page, "mine\n");
    const { stdout } = await host.mustRun([COMMAND, "uninstall"]);
    for (const path of [config, page]) assert.match(stdout, new RegExp(`^keep +${path} \\(was changed`, "m"));
    assert.match(stdout, /^keep +\/var\/lib\/container-hooks\/backups \(--purge removes it\)$/m);
    const kept = [config, page, "/etc/container-hooks/plugins/marking.ts"];
    for (const path of kept) assert.notEqual(await host.read(path), undefined, path);
    assert.equal((await host.run([LAUNCHER, "--version"])).status, 127);

    await host.mustRun(["rm", page]);
    await host.mustRun([form.path, "install"]);
    await host.mustRun([COMMAND, "uninstall", "--purge"]);
    const removedFolders = (await host.changes()).filter((path) => !before.includes(path));
    assert.deepEqual(removedFolders, []);
  },
);

onPrivateHost(
  "it stays while an engine or a container names it, unless it is forced",
  ({ work }) => makeBundle(work, { args: ["sleep", "1000"] }),
  async (host, bundle, { form }) => {
    const id = newId();
    await host.mustRun([form.path, "install"]);
    await host.write(
      "/etc/docker/daemon.json",
      `{\n  "runtimes": { "hooks": { "path": "${LAUNCHER}" } }\n}\n`,
    );
    await host.write("/etc/containers/containers.conf", `# hooks = ["${LAUNCHER}"]\n`);
    await host.mustRun([LAUNCHER, "run", "--detach", "--bundle", bundle.path, id]);
    const refused = await host.run([COMMAND, "uninstall"]);
    assert.equal(refused.status, 1);
    assert.ok(refused.stderr.includes(`still named by /etc/docker/daemon.json:2, by container ${id}; `));
    assert.equal((await host.run([LAUNCHER, "--version"])).status, 0);

    await host.mustRun([COMMAND, "uninstall", "--force"]);
    await host.mustRun(["runc", "delete", "--force", id]);
    assert.equal((await host.run(["test", "-e", COMMAND])).status, 1);
  },
);

specTest("an engine with a file of its own is known; unconfigured, nothing is left of it", [
  "root",
  "runc",
  "docker",
], async ({ form }) => {
  await using host = await privateHost();
  const before = await host.changes();
  await host.mustRun([form.path, "install"]);
  const engine = ["--runtime", "docker", "--config", "/etc/elsewhere/daemon.json", "--restart", "none"];
  await host.mustRun([COMMAND, "runtime", "configure", ...engine]);
  const refused = await host.run([COMMAND, "uninstall"]);
  assert.match(refused.stderr, /still named by \/etc\/elsewhere\/daemon\.json:\d+; /);
  await host.mustRun([COMMAND, "runtime", "unconfigure", ...engine]);
  await host.mustRun([COMMAND, "uninstall"]);
  assert.deepEqual(await host.changes(), before);
}, "files");

onPrivateHost(
  "a file of somebody else's in the way is named and left",
  nothing,
  async (host, _, { form }) => {
    await host.write(LAUNCHER, "theirs\n");
    const before = await host.changes();
    const refused = await host.run([form.path, "install"]);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /"?\/usr\/bin\/container-hooks-runtime"? is there, and no `container-hooks install`/,
    );
    assert.equal(await host.read(LAUNCHER), "theirs\n");
    // The first start has unpacked the program there.
    const elsewhere = (paths: string[]) =>
      paths.filter((path) => !path.startsWith("/var/lib/container-hooks"));
    assert.deepEqual(elsewhere(await host.changes()), elsewhere(before));
  },
);

onPrivateHost(
  "every user runs the installed program, and unpacks nothing",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun([form.path, "install"]);
    await host.mustRun(["rm", "-rf", "/var/lib/container-hooks/portable"]);
    const before = await host.changes();
    const asUser = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"];
    const told = JSON.parse((await host.mustRun([...asUser, COMMAND, "version", "--json"])).stdout);
    assert.match(told.file, /^\/usr\/libexec\/container-hooks\/[0-9a-f]{64}\/container-hooks$/);
    assert.deepEqual(await host.changes(), before);
  },
);

onPrivateHost(
  "once installed, it needs neither a writable nor an executable /var",
  ({ work }) => makeBundle(work, { args: ["env"] }),
  async (host, bundle, { form }) => {
    const id = newId();
    await host.mustRun([form.path, "install"]);
    await host.mustRun(["mount", "-t", "tmpfs", "-o", "ro,noexec", "tmpfs", "/var/lib/container-hooks"]);
    const spec = await host.read(bundle.config);
    await host.write("/run/bundle/config.json", spec!);
    await host.mustRun(["mount", "-o", "remount,ro", "/usr"]);
    const ran = await host.run([LAUNCHER, "run", "--bundle", "/run/bundle", id]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal((await host.run([COMMAND, "version"])).status, 0);
  },
);

onPrivateHost(
  "uninstall said uninstalled where its record was lost; installing again puts all of it on record",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun([form.path, "install"]);
    await host.mustRun(["rm", RECORD]);
    const refused = await host.run([COMMAND, "uninstall", "--force"]);
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(
      refused.stderr,
      /no installation is on record, and yet \/usr\/bin\/container-hooks, .* are there/,
    );
    assert.equal((await host.run([LAUNCHER, "--version"])).status, 0);
    await host.mustRun([COMMAND, "install"]);
    const { stdout } = await host.mustRun([COMMAND, "uninstall"]);
    assert.match(stdout, /^keep +\/etc\/container-hooks \(--purge removes it\)$/m);
    const left = await host.run(["sh", "-c", "ls -d /usr/bin/container-hooks* /var/lib/container-hooks"]);
    assert.equal(left.stdout, "");
  },
);

onPrivateHost(
  "a state folder that is a mount point made uninstall fail after all was gone",
  nothing,
  async (host, _, { form }) => {
    const state = "/var/lib/container-hooks";
    await host.mustRun(["sh", "-c", `mkdir -p ${state} && mount -t tmpfs -o mode=700 tmpfs ${state}`]);
    await host.mustRun([form.path, "install"]);
    const { stdout } = await host.mustRun([COMMAND, "uninstall"]);
    assert.match(stdout, /^keep +\/var\/lib\/container-hooks \(a mount point\)$/m);
    assert.equal((await host.mustRun(["ls", "-A", state])).stdout, "");
  },
);

onPrivateHost(
  "another user who called the installed program was told of a defect",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun([form.path, "install"]);
    const asUser = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"];
    const refused = await host.run([...asUser, COMMAND, "install", "--dry-run"]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /only root can install for the whole machine, and this is user 12345/);
    await host.mustRun(["sh", "-c", "mkdir -p /run/root/usr/bin && cp /bin/true /run/root/usr/bin/runc"]);
    await host.mustRun(["chown", "-R", "12345:12345", "/run/root"]);
    await host.mustRun([...asUser, COMMAND, "install", "--root", "/run/root"]);
    await host.mustRun([...asUser, COMMAND, "uninstall", "--root", "/run/root"]);
  },
);

onPrivateHost(
  "a dry run on a read-only /usr said that all was well",
  nothing,
  async (host, _, { form }) => {
    await host.mustRun(["mount", "-o", "remount,ro", "/usr"]);
    const refused = await host.run([form.path, "install", "--dry-run"]);
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(refused.stderr, /\/usr\/\S+ is on a read-only file system; .*--bindir/);
  },
);

// ---- another system's root

/** A root with a runtime in it that cannot be run here, and a folder that is a link as systems have them. */
function makeRoot(work: WorkFolder): string {
  const root = work.folder("root");
  for (const folder of ["root/usr/sbin", "root/usr/bin", "root/etc", "root/var/lib"]) work.folder(folder);
  work.program("root/usr/sbin/runc", "for another processor\n");
  work.program("root/opt/crun-1.2", "for another processor\n");
  Deno.symlinkSync("/opt/crun-1.2", `${root}/usr/bin/crun`);
  Deno.symlinkSync("usr/bin", `${root}/bin`);
  return root;
}

specTest("--root lays everything out inside, for the paths inside, and takes it back", ["root"], async (
  { form, work },
) => {
  const root = makeRoot(work);
  await mustRun(["cp", "-a", root, `${work.path}/before`]);
  await mustRun([form.path, "install", "--root", root], { env: UNPACKED });
  for (const [name, runtime] of [["", "/usr/sbin/runc"], ["-crun", "/usr/bin/crun"]]) {
    const text = Deno.readTextFileSync(`${root}${LAUNCHER}${name}`);
    assert.match(text, new RegExp(`^container_hooks_runtime='${runtime}'$`, "m"));
    assert.match(
      text,
      /^container_hooks_program='\/usr\/libexec\/container-hooks\/[0-9a-f]{64}\/container-hooks'$/m,
    );
  }
  assert.ok(Deno.readLinkSync(`${root}${COMMAND}`).startsWith("/usr/libexec/"));
  assert.doesNotMatch(Deno.readTextFileSync(`${root}${RECORD}`), new RegExp(work.path));
  await mustRun([form.path, "uninstall", "--root", root], { env: UNPACKED });
  await mustRun(["diff", "-r", "--no-dereference", root, `${work.path}/before`]);
}, "files");

specTest("--dry-run tells all that would be done, and changes nothing", ["root"], async ({ form, work }) => {
  const root = makeRoot(work);
  await mustRun(["cp", "-a", root, `${work.path}/before`]);
  const same = () => mustRun(["diff", "-r", "--no-dereference", root, `${work.path}/before`]);
  const call = (...args: string[]) =>
    mustRun([form.path, ...args, "--root", root, "--json"], { env: UNPACKED });
  const planned = JSON.parse((await call("install", "--dry-run")).stdout);
  await same();
  const done = JSON.parse((await call("install")).stdout);
  assert.deepEqual({ ...done, dryRun: true }, planned);
  await mustRun(["rm", "-r", `${work.path}/before`]);
  await mustRun(["cp", "-a", root, `${work.path}/before`]);
  const removed = JSON.parse((await call("uninstall", "--dry-run")).stdout);
  await same();
  assert.deepEqual(JSON.parse((await call("uninstall")).stdout), { ...removed, dryRun: false });
}, "files");

specTest("a link in the root leads to where it leads inside", ["root"], async ({ form, work }) => {
  const root = makeRoot(work);
  const outside = work.folder("outside");
  Deno.removeSync(`${root}/etc`);
  Deno.symlinkSync(outside, `${root}/etc`);
  work.folder(`root${outside}`);
  await mustRun([form.path, "install", "--root", root], { env: UNPACKED });
  assert.deepEqual([...Deno.readDirSync(outside)], []);
  assert.ok(Deno.statSync(`${root}${outside}/container-hooks/config.toml`).isFile);
}, "files");

specTest(
  "a cache that everybody could write was left as it was by install",
  ["root"],
  async ({ form, work }) => {
    const root = makeRoot(work);
    await mustRun([form.path, "install", "--root", root], { env: UNPACKED });
    const folder = root + Deno.readLinkSync(`${root}${COMMAND}`).replace(/\/container-hooks$/, "");
    const spoilt = form.name === "compiled" ? folder : `${folder}/cache`;
    Deno.chmodSync(spoilt, 0o777);
    Deno.writeTextFileSync(`${spoilt}/theirs`, "");
    await mustRun([form.path, "install", "--root", root], { env: UNPACKED });
    assert.equal(Deno.statSync(spoilt).mode! & 0o022, 0);
    assert.deepEqual(Array.from(Deno.readDirSync(spoilt)).filter(({ name }) => name === "theirs"), []);
  },
  "files",
);

specTest("--prefix holds for the upgrades that follow", ["root"], async ({ form, work }) => {
  const root = makeRoot(work);
  const newer = anotherVersion(form, work, 1);
  await mustRun([form.path, "install", "--root", root, "--prefix", "/opt/hooks"], { env: UNPACKED });
  await mustRun([newer, "install", "--root", root], { env: UNPACKED });
  assert.match(Deno.readLinkSync(`${root}${COMMAND}`), /^\/opt\/hooks\/[0-9a-f]{64}\/container-hooks$/);
  await mustRun([newer, "uninstall", "--root", root], { env: UNPACKED });
  assert.deepEqual([...Deno.readDirSync(`${root}/opt`)].map(({ name }) => name), ["crun-1.2"]);
}, "files");

specTest("whoever owned the file that it was started from, what is installed is root's", ["root"], async (
  { form, work },
) => {
  const root = makeRoot(work);
  const source = `${work.path}/stick`;
  Deno.copyFileSync(form.path, source);
  Deno.chmodSync(source, 0o777);
  Deno.chownSync(source, 12345, 12345);
  const { stdout } = await mustRun([source, "install", "--root", root], { env: UNPACKED });
  const [sha256] = (await mustRun(["sha256sum", source])).stdout.split(" ");
  assert.match(stdout, new RegExp(`sha256 ${sha256}$`, "m"));
  const { uid, mode } = Deno.statSync(root + Deno.readLinkSync(`${root}${COMMAND}`));
  assert.deepEqual([uid, mode! & 0o7777], [0, 0o755]);
}, "files");

specTest(
  "in an empty root uninstall made folders, and said uninstalled",
  ["root"],
  async ({ form, work }) => {
    const root = work.folder("root");
    const { stdout } = await mustRun([form.path, "uninstall", "--root", root], { env: UNPACKED });
    assert.equal(stdout, "nothing is installed\n");
    assert.deepEqual([...Deno.readDirSync(root)], []);
  },
  "files",
);

specTest("a message about a root told to give the builder's own folders to root", ["root"], async (
  { form, work },
) => {
  const root = makeRoot(work);
  Deno.chmodSync(`${root}/usr`, 0o777);
  const refused = await run([form.path, "install", "--root", root], { env: UNPACKED });
  assert.equal(refused.status, 1);
  assert.ok(refused.stderr.includes(`(chown root ${root}/usr; chmod go-w ${root}/usr)`), refused.stderr);
  const missing = await run([form.path, "install", "--root", `${root}/nowhere`], { env: UNPACKED });
  assert.match(missing.stderr, /: root \S+\/nowhere does not exist;/);
}, "files");

specTest("without any OCI runtime it says so, and installs nothing", ["root"], async ({ form, work }) => {
  const root = work.folder("root");
  const refused = await run([form.path, "install", "--root", root], { env: UNPACKED });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /no OCI runtime was found/);
  assert.deepEqual([...Deno.readDirSync(root)], []);
}, "files");

specTest("another user is told that only root installs for the machine", ["root", "setpriv"], async (
  { form, work },
) => {
  const asNobody = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"];
  const home = work.folder("home");
  Deno.chownSync(home, 12345, 12345);
  const refused = await run([...asNobody, form.path, "install"], { env: { HOME: home } });
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /only root can install for the whole machine, and this is user 12345; .*--root/,
  );
}, "files");
