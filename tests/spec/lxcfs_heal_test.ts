/** What stands in the way of healing containers, with a real lxcfs: each of these has gone wrong once. */
import assert from "node:assert/strict";
import type { Spec } from "../../mod/core/oci.ts";
import { runPlain, type Scene, setUp, startPlain } from "../harness/lxcfs_scene.ts";
import { makeBundle } from "../harness/bundle.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type Ran, run } from "../harness/run.ts";

const BEGAN = Date.now();

/** That it is a container's own uptime: it began since these tests did, and the host before. */
function assertOwnUptime(text: string): void {
  assert.match(text, /^\d+[.]\d+ /);
  assert.ok(Number.parseFloat(text) <= (Date.now() - BEGAN) / 1000 + 1, text);
}

/** A scene whose container has files of an lxcfs that was killed and started again. */
async function restarted(subject: Subject, settings?: Parameters<typeof startPlain>[2]) {
  await using stack = new AsyncDisposableStack();
  const scene = await setUp(subject);
  stack.use(scene.lxcfs);
  await scene.lxcfs.start();
  const container = stack.use(await startPlain(subject.work, scene.installed, settings));
  await scene.lxcfs.kill();
  await scene.lxcfs.start();
  const held = stack.move();
  return { ...scene, container, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** `lxcfs remount --all`, with the system refusing `call` in this way. */
function remountWith({ installed }: Scene, call: string, how: string): Promise<Ran> {
  const inject = ["-f", "-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:${how}`];
  return run(["strace", ...inject, installed.program, "lxcfs", "remount", "--all"], { env: installed.env });
}

function withCapabilities(spec: Spec, ...names: string[]): void {
  const sets = ["bounding", "effective", "permitted"].map((set) => [set, names]);
  spec.process!.capabilities = Object.fromEntries(sets);
}

specTest(
  "a remount that the system refuses leaves the stale files, and never the host's",
  ["root", "runc", "lxcfs", "strace"],
  async (subject) => {
    await using scene = await restarted(subject);
    const { command, stale, container } = scene;
    const before = (await stale())[container.id]!;
    const refused = await remountWith(scene, "move_mount", "error=ENOSPC");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /no space left on device; mend that and try again/);
    assert.match((await container.exec("cat", "/proc/uptime")).stderr, /Transport endpoint is not connected/);
    assert.deepEqual((await stale())[container.id], before);
    assert.equal((await command("remount", "--all")).status, 0);
    assertOwnUptime((await container.exec("cat", "/proc/uptime")).stdout);
  },
  "files",
);

specTest(
  "before Linux 6.5, too, a remount that the system refuses puts the stale file back",
  ["root", "runc", "lxcfs", "strace"],
  async (subject) => {
    await using scene = await restarted(subject);
    const { stale, container } = scene;
    const [first] = (await stale())[container.id]!;
    // Such a kernel refuses to mount beneath; the next call is that of the new file, the third the old one's.
    const refused = await remountWith(scene, "move_mount", "error=EINVAL:when=1..2");
    assert.equal(refused.status, 1);
    assert.deepEqual(await stale(), { [container.id]: [first] });
    assert.deepEqual(await stale("missing"), { [container.id]: [] });
  },
  "files",
);

specTest(
  "files that a container lost are told by status and doctor, and put back by remount",
  ["root", "runc", "lxcfs", "strace"],
  async (subject) => {
    const scene = await setUp(subject);
    const { lxcfs, command, stale, installed } = scene;
    await using _ = lxcfs;
    await lxcfs.start();
    await using container = await startPlain(subject.work, installed);
    const { stdout: masks } = await container.exec("cat", "/proc/kcore");
    await lxcfs.kill();
    await lxcfs.start();
    const all = (await stale())[container.id]!;
    // Whatever is attached, and what would be put back, is refused.
    assert.equal((await remountWith(scene, "move_mount", "error=EINVAL")).status, 1);
    assert.deepEqual(await stale("missing"), { [container.id]: all });
    assert.match((await command("status")).stdout, /\/proc\/uptime.*\n[^]*the container reads the host's/);
    assert.match((await installed.command(["doctor"])).stdout, /have lost files of lxcfs.*: 1/);
    const healed = await command("remount", container.id);
    assert.equal(healed.status, 0, healed.stderr);
    assert.deepEqual(await stale("missing"), { [container.id]: [] });
    assertOwnUptime((await container.exec("cat", "/proc/uptime")).stdout);
    const table = (await container.exec("cat", "/proc/self/mountinfo")).stdout;
    const options = [...table.matchAll(/^(?:\S+ ){5}(\S+) .* fuse[.]lxcfs /gm)].map(([, each]) => each);
    assert.deepEqual(options, all.map(() => "ro,nosuid,nodev,noexec,relatime"));
    assert.equal((await container.exec("cat", "/proc/kcore")).stdout, masks);
  },
  "files",
);

specTest(
  "a program in a namespace of users, as browsers make them, keeps no container from being healed, however often",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs, command, stale } = await setUp(subject);
    await using _ = lxcfs;
    await lxcfs.start();
    await using container = await startPlain(subject.work, installed, {
      args: ["sh", "-c", "busybox unshare -U -m sleep 600 & sleep 600"],
    });
    const inside = async () => {
      const { stdout } = await run(["runc", "ps", container.id, "-o", "pid,args"]);
      const pids = [...stdout.matchAll(/^ *(\d+) +sleep 600$/gm)].map(([, pid]) => pid!);
      const uptimes = pids.map((pid) =>
        run(["nsenter", "-t", pid, "-m", "-p", "-r", "busybox", "cat", "/proc/uptime"])
      );
      return (await Promise.all(uptimes)).map((ran) => ran.stdout);
    };
    for (let restart = 0; restart < 3; restart++) {
      await lxcfs.kill();
      await lxcfs.start();
      const healed = await command("remount", "--all");
      assert.equal(healed.status, 0, healed.stderr);
      assert.deepEqual(await stale(), { [container.id]: [] });
      const uptimes = await inside();
      assert.equal(uptimes.length, 2);
      for (const uptime of uptimes) assertOwnUptime(uptime);
    }
  },
  "files",
);

specTest(
  "a container whose program has made another folder its root is healed",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    await using scene = await restarted(subject, {
      args: ["busybox", "chroot", "/bin", "/busybox", "sleep", "600"],
      edit: (spec) => withCapabilities(spec, "CAP_SYS_CHROOT"),
    });
    const { command, stale, container } = scene;
    assert.ok((await stale())[container.id]!.includes("/proc/uptime"));
    assert.equal((await command("remount", container.id)).status, 0);
    assert.deepEqual(await stale(), { [container.id]: [] });
    assertOwnUptime((await container.exec("cat", "/proc/uptime")).stdout);
  },
  "files",
);

specTest(
  "a container whose cgroup is not named after it is healed",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const cgroup = `lxcfs-test-${crypto.randomUUID().slice(0, 8)}`;
    await using scene = await restarted(subject, {
      edit: (spec) => void (spec.linux!.cgroupsPath = `/${cgroup}`),
    });
    const { command, stale, container } = scene;
    assert.ok((await stale())[container.id]!.includes("/proc/uptime"));
    assert.equal((await command("remount", "--all")).status, 0);
    assertOwnUptime((await container.exec("cat", "/proc/uptime")).stdout);
  },
  "files",
);

specTest(
  "an lxcfs that hangs hangs no command, and is told of",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs, command } = await setUp(subject);
    await using _ = lxcfs;
    await lxcfs.start();
    await using container = await startPlain(subject.work, installed);
    lxcfs.hang();
    const asked = await command("status");
    assert.match(asked.stdout, /does not answer.*systemctl restart lxcfs/);
    const remounted = await command("remount", container.id);
    assert.equal(remounted.status, 1);
    assert.match(remounted.stderr, /the lxcfs at \S+ does not answer; restart it/);
    assert.match((await installed.command(["doctor"])).stdout, /lxcfs.*does not answer/);
  },
  "files",
);

specTest(
  "a container's own file, mounted by a roundabout path, is not covered",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs } = await setUp(subject);
    await using _ = lxcfs;
    await lxcfs.start();
    const source = subject.work.file("own-meminfo", "MemTotal: 42 kB\n");
    const bundle = await makeBundle(subject.work, {
      args: ["cat", "/proc/meminfo"],
      edit: (spec) =>
        void spec.mounts!.push({
          destination: "/proc/../proc/meminfo",
          source,
          type: "bind",
          options: ["bind"],
        }),
    });
    assert.equal((await runPlain(installed, bundle)).stdout, "MemTotal: 42 kB\n");
  },
  "files",
);
