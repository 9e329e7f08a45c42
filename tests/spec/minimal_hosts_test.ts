/** Hosts that have little: a read-only /usr, and busybox with nothing beside it. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { specTest } from "../harness/needs.ts";
import { privateHost } from "../harness/private_host.ts";
import { mustRun, run, which } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const BIN = "/opt/container-hooks/bin";

specTest(
  "with a read-only /usr it installs elsewhere, and all of it knows where",
  ["root", "runc", "podman"],
  async ({ form, work }) => {
    const bundle = await makeBundle(work, { args: ["env"] });
    await using host = await privateHost();
    await host.mustRun(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/opt"]);
    await host.mustRun(["mount", "-o", "remount,ro", "/usr"]);
    const refused = await host.run([form.path, "install"]);
    assert.deepEqual([refused.status, refused.stdout], [1, ""]);
    assert.match(
      refused.stderr,
      /\/usr\S* is on a read-only file system; .*install .*--bindir \/opt\/container-hooks\/bin/s,
    );

    await host.mustRun([form.path, "install", "--bindir", BIN]);
    const { bin, program } = JSON.parse((await host.read("/var/lib/container-hooks/install.json"))!);
    assert.equal(bin, BIN);
    assert.match(program, /^\/opt\/container-hooks\/libexec\/container-hooks\/[0-9a-f]{64}$/);
    assert.ok(await host.read("/opt/container-hooks/share/man/man8/container-hooks.8"));

    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
    const id = `hooks-test-${crypto.randomUUID().slice(0, 8)}`;
    const ran = await host.run([`${BIN}/container-hooks-runtime`, "run", "--bundle", bundle.path, id]);
    assert.match(ran.stdout, /^MARKED=yes$/m, ran.stderr);

    const config = "/etc/containers/hooks-test.conf";
    await host.write(config, "[engine]\n");
    await host.mustRun([
      `${BIN}/container-hooks`,
      "runtime",
      "configure",
      "--runtime",
      "podman",
      "--config",
      config,
    ]);
    assert.ok((await host.read(config))!.includes(`"${BIN}/container-hooks-runtime"`));
    const inUse = await host.run([`${BIN}/container-hooks`, "uninstall"]);
    assert.match(inUse.stderr, /still named by .*hooks-test\.conf/);
    await host.mustRun([
      `${BIN}/container-hooks`,
      "runtime",
      "unconfigure",
      "--runtime",
      "podman",
      "--config",
      config,
    ]);

    const doctor = JSON.parse((await host.run([`${BIN}/container-hooks`, "doctor", "--json"])).stdout);
    const told = (doctor.findings ?? doctor) as { subject: string; state: string }[];
    const launcher = told.find(({ subject }) => subject === `launcher ${BIN}/container-hooks-runtime`);
    assert.equal(launcher?.state, "ok", JSON.stringify(told));

    const moved = await host.run([form.path, "install", "--bindir", "/opt/bin"]);
    assert.match(moved.stderr, /lie in \/opt\/container-hooks\/bin, where engines and containers name them/);
    await host.mustRun([form.path, "install"]);
    assert.match((await host.run(["ls", `${BIN}`])).stdout, /container-hooks-runtime/);
    await host.mustRun(["rm", "/etc/container-hooks/plugins/marking.ts"]);
    await host.mustRun([`${BIN}/container-hooks`, "uninstall"]);
    assert.equal((await host.run(["find", "/opt", "-mindepth", "1"])).stdout, "");
  },
  "files",
);

/** A root with busybox, which is static, and its applets in /bin alone. */
async function bareRoot(work: WorkFolder): Promise<string> {
  const root = work.folder("root");
  for (const folder of ["bin", "proc", "dev", "tmp", "etc", "run", "var/lib", "usr/bin"]) {
    work.folder(`root/${folder}`);
  }
  Deno.chmodSync(`${root}/tmp`, 0o1777);
  Deno.copyFileSync(which("busybox")!, `${root}/bin/busybox`);
  await mustRun(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"]);
  await mustRun(["sh", "-c", 'mknod -m 666 "$0/dev/null" c 1 3; mknod -m 666 "$0/dev/urandom" c 1 9', root]);
  work.program("root/bin/runc", '#!/bin/sh\necho "the runtime was called: $*"\n');
  return root;
}

/** The same, with the C library. */
async function busyboxRoot(work: WorkFolder): Promise<string> {
  const root = await bareRoot(work);
  const { stdout } = await mustRun(["ldd", Deno.execPath()]);
  for (const [library] of stdout.matchAll(/\/lib\S+/g)) {
    await mustRun(["sh", "-c", 'mkdir -p "$0${1%/*}" && cp -L "$1" "$0$1"', root, library!]);
  }
  return root;
}

/** Runs lines of a shell in that root, with a /proc. */
function inRoot(root: string, lines: string) {
  const enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh -c "$1"';
  return run(["unshare", "--mount", "sh", "-c", enter, root, lines], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
}

specTest("with busybox alone, its applets only in /bin, it installs and containers start", [
  "root",
  "busybox",
], async ({ form, work }) => {
  const root = await busyboxRoot(work);
  Deno.copyFileSync(form.path, `${root}/program`);
  const create = "/usr/bin/container-hooks-runtime create --bundle /bundle c1";
  const installed = await inRoot(root, "/program install");
  assert.equal(installed.status, 0, installed.stderr);
  const bundle = await makeBundle(work);
  await mustRun(["cp", "-r", bundle.path, `${root}/bundle`]);
  await Deno.writeTextFile(`${root}/etc/container-hooks/plugins/marking.ts`, MARKING_PLUGIN);
  const made = await inRoot(root, create);
  assert.match(made.stdout, /the runtime was called: create/, made.stderr);
  assert.match(Deno.readTextFileSync(`${root}/bundle/config.json`), /MARKED=yes/);

  Deno.removeSync(`${root}/bin/env`);
  const byBusybox = await inRoot(root, create);
  assert.match(byBusybox.stdout, /the runtime was called: create/, byBusybox.stderr);

  // A shell that is called otherwise, and nothing that can be called env.
  Deno.renameSync(`${root}/bin/busybox`, `${root}/bin/sh.real`);
  Deno.removeSync(`${root}/bin/sh`);
  Deno.linkSync(`${root}/bin/sh.real`, `${root}/bin/sh`);
  const without = await inRoot(root, create);
  assert.equal(without.status, 1);
  assert.match(without.stderr, /there is no env and no busybox.*install coreutils or busybox/);
}, "files");

/** Gives containers a variable by a program of the host, and notes on the host that a handler ran. */
const HOST_PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "host",
  version: "1.0.0",
  brief: "Runs programs of the host",
  needs: { run: ["/bin/busybox"] },
  async plan(_container, { host }) {
    const { stdout } = await host.run("/bin/busybox", ["echo", "-n", "hello"]);
    return { edits: [setEnv("SAID", stdout)] };
  },
  on: { createRuntime: async (state, { host }) => void await host.run("/bin/busybox", ["touch", "/run/" + state.id]) },
});
`;

/** Creates a container in that root, calls its hook as the runtime would, and asserts that both did their work. */
async function createsAndHandles(root: string, work: WorkFolder, id: string): Promise<void> {
  const bundle = await makeBundle(work, { name: id });
  await mustRun(["cp", "-r", bundle.path, `${root}/${id}`]);
  const made = await inRoot(root, `/usr/bin/container-hooks-runtime create --bundle /${id} ${id}`);
  assert.match(made.stdout, /the runtime was called: create/, made.stderr);
  const { process, hooks } = JSON.parse(Deno.readTextFileSync(`${root}/${id}/config.json`));
  assert.ok(process.env.includes("SAID=hello"), process.env.join("\n"));
  const [{ path, args, env }] = hooks.createRuntime;
  const state = JSON.stringify({ ociVersion: "1.0.2", id, pid: 1, status: "created", bundle: `/${id}` });
  const words = [...env, path, ...args.slice(1)].map((word: string) => `'${word}'`).join(" ");
  const handled = await inRoot(root, `echo '${state}' | env -i ${words}`);
  assert.equal(handled.status, 0, handled.stderr);
  Deno.statSync(`${root}/run/${id}`);
}

specTest(
  "a host with musl's C library or none has creates, plugins and handlers by the portable form",
  ["root", "busybox", "runc"],
  async ({ form, work }) => {
    if (form.name !== "portable") return await saysThatItNeedsGlibc(form.path, work);
    const root = await bareRoot(work);
    Deno.copyFileSync(form.path, `${root}/program`);
    const installed = await inRoot(root, "/program install && rm -rf /var/lib/container-hooks/portable");
    assert.equal(installed.status, 0, installed.stderr);
    await Deno.writeTextFile(`${root}/etc/container-hooks/plugins/host.ts`, HOST_PLUGIN);
    await createsAndHandles(root, work, "c1");
    const checked = await inRoot(
      root,
      "/usr/bin/container-hooks plugin check /etc/container-hooks/plugins/host.ts",
    );
    assert.match(checked.stdout, /types +checked by Deno/, checked.stdout + checked.stderr);
  },
  "files",
);

specTest(
  "a loader that is there and cannot start Deno, as of an older glibc, is not used",
  ["root", "busybox"],
  async ({ form, work }) => {
    if (form.name !== "portable") return;
    const root = await bareRoot(work);
    const { stdout } = await mustRun(["ldd", Deno.execPath()]);
    const [loader] = stdout.match(/\/lib\S*ld-linux\S+/)!;
    // A static program is no loader, and ends at once.
    await mustRun(["sh", "-c", 'mkdir -p "$0${1%/*}" && cp "$2" "$0$1"', root, loader, which("busybox")!]);
    Deno.copyFileSync(form.path, `${root}/program`);
    const ran = await inRoot(root, "/program version && /program version");
    assert.equal(ran.stdout.match(/^form +portable$/gm)?.length, 2, ran.stderr);
  },
  "files",
);

specTest(
  "an installation whose glibc is gone goes on with its own, and one without says what lets containers start",
  ["root", "busybox", "runc"],
  async ({ form, work }) => {
    if (form.name !== "portable") return await saysThatItNeedsGlibc(form.path, work);
    const root = await busyboxRoot(work);
    Deno.copyFileSync(form.path, `${root}/program`);
    const installed = await inRoot(root, "/program install");
    assert.equal(installed.status, 0, installed.stderr);
    await Deno.writeTextFile(`${root}/etc/container-hooks/plugins/host.ts`, HOST_PLUGIN);
    await createsAndHandles(root, work, "c1");
    await mustRun(["rm", "-rf", `${root}/lib64`, `${root}/lib`]);
    await createsAndHandles(root, work, "c2");
  },
  "files",
);

/** The compiled form has no loader of its own. */
async function saysThatItNeedsGlibc(file: string, work: WorkFolder): Promise<void> {
  const root = await busyboxRoot(work);
  Deno.copyFileSync(file, `${root}/program`);
  await inRoot(root, "/program install");
  await mustRun(["rm", "-rf", `${root}/lib64`]);
  const create = "/usr/bin/container-hooks-runtime create --bundle /bundle c1";
  const { status, stderr } = await inRoot(root, create);
  assert.equal(status, 1);
  assert.match(stderr, /or a part of it, could not be executed, and ended with status 12[67].*needs glibc/);
  const [, command] = stderr.match(/until then `(echo on >\S+)`/)!;
  const started = await inRoot(root, `${command}; ${create}`);
  assert.match(started.stdout, /the runtime was called: create/, started.stderr);
}
