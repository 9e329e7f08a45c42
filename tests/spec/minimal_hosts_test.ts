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

/** A root with busybox, its applets in /bin alone, and the C library. */
async function busyboxRoot(work: WorkFolder): Promise<string> {
  const root = work.folder("root");
  for (const folder of ["bin", "proc", "dev", "tmp", "etc", "run", "var/lib", "usr/bin"]) {
    work.folder(`root/${folder}`);
  }
  Deno.chmodSync(`${root}/tmp`, 0o1777);
  Deno.copyFileSync(which("busybox")!, `${root}/bin/busybox`);
  await mustRun(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"]);
  const { stdout } = await mustRun(["ldd", Deno.execPath()]);
  for (const [library] of stdout.matchAll(/\/lib\S+/g)) {
    await mustRun(["sh", "-c", 'mkdir -p "$0${1%/*}" && cp -L "$1" "$0$1"', root, library!]);
  }
  await mustRun(["sh", "-c", 'mknod -m 666 "$0/dev/null" c 1 3; mknod -m 666 "$0/dev/urandom" c 1 9', root]);
  work.program("root/bin/runc", '#!/bin/sh\necho "the runtime was called: $*"\n');
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

specTest(
  "without glibc a create says so, and what lets it start",
  ["root", "busybox"],
  async ({ form, work }) => {
    const root = await busyboxRoot(work);
    Deno.copyFileSync(form.path, `${root}/program`);
    await inRoot(root, "/program install");
    await mustRun(["rm", "-rf", `${root}/lib64`]);
    const create = "/usr/bin/container-hooks-runtime create --bundle /bundle c1";
    const { status, stderr } = await inRoot(root, create);
    assert.equal(status, 1);
    assert.match(stderr, /or a part of it, could not be executed, and ended with status 12[67].*needs glibc/);
    const [, command] = stderr.match(/until then `(echo on >\S+)`/)!;
    const started = await inRoot(root, `${command}; ${create}`);
    assert.match(started.stdout, /the runtime was called: create/, started.stderr);
  },
  "files",
);
