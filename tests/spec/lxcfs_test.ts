/** The built-in plugin lxcfs with a real lxcfs: what containers see, and how they are healed when it dies. */
import assert from "node:assert/strict";
import type { Spec } from "../../mod/core/oci.ts";
import { makeBundle } from "../harness/bundle.ts";
import { type Engine, IMAGE, startContainerd, startDocker, startPodman } from "../harness/engines.ts";
import { sharedFolder } from "../harness/lxcfs.ts";
import { runPlain, setUp, startPlain } from "../harness/lxcfs_scene.ts";
import { specTest } from "../harness/needs.ts";
import { run } from "../harness/run.ts";

const NAME = "container-hooks-runtime";
const MIB = 1024 * 1024;

/** `--memory 256m --cpus 1.5 --cpuset-cpus 0`, as engines write it. */
function limited(spec: Spec): void {
  const resources = { memory: { limit: 256 * MIB }, cpu: { quota: 150_000, period: 100_000, cpus: "0" } };
  Object.assign(spec.linux!, { resources: { ...spec.linux!.resources as object, ...resources } });
}

/** The host's own free, nproc, uptime and top: busybox's ask the kernel and not /proc. */
function withHostsTools(spec: Spec): void {
  for (const folder of ["/usr", "/lib", "/lib64"]) {
    spec.mounts!.push({ destination: folder, source: folder, type: "bind", options: ["rbind", "ro"] });
  }
}

/** Prints what a program that reads the files itself would go by. */
const LOOK = [
  "sh",
  "-c",
  "head -n 1 /proc/meminfo; cat /proc/cpuinfo; cat /sys/devices/system/cpu/online; cat /proc/uptime",
];

/** 256 MiB, one processor, and an uptime of less than a minute. */
function assertLimits(stdout: string): void {
  assert.match(stdout, /^MemTotal: +262144 kB$/m);
  assert.equal(stdout.match(/^processor/gm)?.length, 1, stdout);
  assert.match(stdout, /^0$/m);
  const [, seconds] = stdout.match(/^(\d+)\.\d+ \d+\.\d+$/m) ?? [];
  assert.ok(Number(seconds) < 60, `up for ${seconds} s`);
}

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `plain ${runtime}: free, nproc, uptime and top show the limits`,
    ["root", "runc", runtime, "lxcfs"],
    async (subject) => {
      const { installed, lxcfs } = await setUp(subject, { runtime });
      await using _ = lxcfs;
      await lxcfs.start();
      const bundle = await makeBundle(subject.work, {
        args: ["sh", "-c", "free -b; nproc; uptime -p; top -bn1; cat /proc/uptime"],
        env: ["PATH=/usr/bin:/bin", "TERM=dumb"],
        edit(spec) {
          limited(spec);
          withHostsTools(spec);
        },
      });
      const { stdout, stderr } = await runPlain(installed, bundle);
      assert.match(stdout, new RegExp(`^Mem: +${256 * MIB} `, "m"), stderr);
      assert.match(stdout, /^1$/m);
      assert.match(stdout, /^up 0 minutes$/m);
      assert.match(stdout, /^MiB Mem : +256[.]0 total/m);
    },
    "files",
  );
}

specTest("half a processor is shown as one", ["root", "runc", "lxcfs"], async (subject) => {
  const { installed, lxcfs } = await setUp(subject);
  await using _ = lxcfs;
  await lxcfs.start();
  await using container = await startPlain(subject.work, installed, {
    edit: (spec) =>
      void Object.assign(spec.linux!, { resources: { cpu: { quota: 50_000, period: 100_000 } } }),
  });
  const { stdout } = await container.exec("cat", "/proc/cpuinfo");
  assert.equal(stdout.match(/^processor/gm)?.length, 1);
}, "files");

specTest("nothing of lxcfs can be written from a container", ["root", "runc", "lxcfs"], async (subject) => {
  const { installed, lxcfs } = await setUp(subject);
  await using _ = lxcfs;
  await lxcfs.start();
  await using container = await startPlain(subject.work, installed);
  const { stderr } = await container.exec("sh", "-c", "echo add > /sys/devices/system/cpu/uevent");
  assert.match(stderr, /Read-only file system/);
}, "files");

specTest("without a table in config.toml it does nothing", ["root", "runc", "lxcfs"], async (subject) => {
  const { installed, lxcfs } = await setUp(subject);
  await using _ = lxcfs;
  await lxcfs.start();
  const config = await Deno.readTextFile(installed.configFile);
  await Deno.writeTextFile(installed.configFile, config.slice(0, config.indexOf("[plugins.lxcfs")));
  const bundle = await makeBundle(subject.work);
  const before = bundle.text();
  assert.equal((await runPlain(installed, bundle)).status, 0);
  assert.equal(bundle.text(), before);
  const [entry] = JSON.parse((await installed.command(["explain", "--json"])).stdout);
  assert.deepEqual(entry.plugins.filter(({ name }: { name: string }) => name === "lxcfs"), []);
});

specTest(
  "an annotation asks for it where the administrator says so",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs } = await setUp(subject, {
      policy: `[plugins.lxcfs.when]\nannotations = { "^org[.]example[.]lxcfs$" = "^on$" }\n`,
    });
    await using _ = lxcfs;
    await lxcfs.start();
    const mounts = async (value: string) => {
      const bundle = await makeBundle(subject.work, {
        args: ["cat", "/proc/self/mountinfo"],
        edit: (spec) => void (spec.annotations = { "org.example.lxcfs": value }),
      });
      return (await runPlain(installed, bundle)).stdout.match(/fuse[.]lxcfs/g)?.length ?? 0;
    };
    assert.deepEqual([await mounts("on") > 5, await mounts("off")], [true, 0]);
  },
  "files",
);

specTest("lxcfs that does not run: fail, warn, wait", ["root", "runc", "lxcfs"], async (subject) => {
  const { installed, lxcfs } = await setUp(subject);
  await using _ = lxcfs;
  const bundle = await makeBundle(subject.work, { args: ["cat", "/proc/self/mountinfo"] });
  const failed = await runPlain(installed, bundle);
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /cannot start container \S+: .*no lxcfs answers at \S+; start it/);

  const config = await Deno.readTextFile(installed.configFile);
  await Deno.writeTextFile(installed.configFile, `${config}unavailable = "warn"\n`);
  const warned = await runPlain(installed, bundle);
  assert.deepEqual([warned.status, warned.stdout.includes("fuse.lxcfs")], [0, false]);
  assert.match(await Deno.readTextFile(installed.log), /no lxcfs answers at .*the container sees the host's/);

  await Deno.writeTextFile(installed.configFile, `${config}wait = 9\n`);
  const waiting = runPlain(installed, bundle);
  await lxcfs.start();
  const waited = await waiting;
  assert.deepEqual([waited.status, waited.stdout.includes("fuse.lxcfs")], [0, true], waited.stderr);
}, "files");

specTest(
  "lxcfs that hangs holds no create up for longer than the plugin's limit",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs } = await setUp(subject, { policy: "[plugins.lxcfs]\ntimeout = 2\n" });
    await using _ = lxcfs;
    await lxcfs.start();
    const bundle = await makeBundle(subject.work, { args: ["true"] });
    lxcfs.hang();
    // It throws where 30 s are not enough.
    assert.notEqual((await runPlain(installed, bundle, 30)).status, 0);
  },
  "files",
);

specTest(
  "a container keeps what it mounts over and hides, privileged or not",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs } = await setUp(subject);
    await using _ = lxcfs;
    await lxcfs.start();
    const own = subject.work.file("own-meminfo", "MemTotal: 42 kB\n");
    const look =
      "head -n 1 /proc/meminfo; wc -c < /proc/stat; ls /sys/devices/system/cpu/cpu0; cat /proc/uptime";
    await using hardened = await startPlain(subject.work, installed, {
      edit(spec) {
        spec.mounts!.push({ destination: "/proc/meminfo", source: own, type: "bind", options: ["bind"] });
        (spec.linux!.maskedPaths as string[]).push("/proc/stat", "/sys/devices/system/cpu/cpu0");
      },
    });
    assert.match((await hardened.exec("sh", "-c", look)).stdout, /^MemTotal: 42 kB\n0\n\d{1,2}[.]\d+ /);
    await using privileged = await startPlain(subject.work, installed, {
      edit: (spec) => void Object.assign(spec.linux!, { maskedPaths: [], readonlyPaths: [] }),
    });
    const { stdout } = await privileged.exec("sh", "-c", "cat /proc/uptime; cat /proc/self/mountinfo");
    assert.match(stdout, /^\d{1,2}[.]\d+ /);
    assert.match(stdout, / \/sys\/devices\/system\/cpu ro,\S* .*fuse[.]lxcfs/);
  },
  "files",
);

specTest(
  "an engine in a privileged container can give its users' namespaces a /proc, where those are skipped",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs } = await setUp(subject, { options: 'privileged = "skip"' });
    await using _ = lxcfs;
    await lxcfs.start();
    const nested = "unshare --user --map-root-user --mount --pid --fork mount -t proc proc /tmp";
    const bundle = await makeBundle(subject.work, {
      args: ["sh", "-c", `${nested} && echo mounted`],
      env: ["PATH=/usr/bin:/bin"],
      edit(spec) {
        withHostsTools(spec);
        Object.assign(spec.linux!, { maskedPaths: [], readonlyPaths: [] });
        const all = ["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP", "CAP_DAC_OVERRIDE"];
        spec.process!.capabilities = { bounding: all, effective: all, permitted: all };
      },
    });
    const skipped = await runPlain(installed, bundle);
    assert.equal(skipped.stdout, "mounted\n", skipped.stderr);
    // And that is why: the kernel gives no namespace of users a /proc that shows more than the one around it.
    const config = await Deno.readTextFile(installed.configFile);
    await Deno.writeTextFile(installed.configFile, config.replace('privileged = "skip"', ""));
    assert.match((await runPlain(installed, bundle)).stderr, /permission denied/i);
  },
  "files",
);

specTest(
  "killed under running containers: status tells, remount heals, masks stay",
  ["root", "runc", "lxcfs"],
  async (subject) => {
    const { installed, lxcfs, command, stale } = await setUp(subject);
    await using _ = lxcfs;
    await lxcfs.start();
    await using one = await startPlain(subject.work, installed);
    await using other = await startPlain(subject.work, installed, {
      // One whose program has a mount namespace of its own inside, as systemd's services have.
      args: ["sh", "-c", "busybox unshare -m sleep 600 & sleep 600"],
      edit(spec) {
        spec.process!.capabilities = Object.fromEntries(
          ["bounding", "effective", "permitted"].map((set) => [set, ["CAP_SYS_ADMIN"]]),
        );
      },
    });
    assert.deepEqual(await stale(), { [one.id]: [], [other.id]: [] });

    await lxcfs.kill();
    assert.match((await one.exec("cat", "/proc/uptime")).stderr, /Transport endpoint is not connected/);
    assert.ok((await stale())[one.id]!.includes("/proc/uptime"));
    const early = await command("remount", "--all");
    assert.equal(early.status, 1);
    assert.match(early.stderr, /could not be replaced.*no lxcfs that runs has \S+; start it/);

    await lxcfs.start();
    const healed = await command("remount", one.id);
    assert.equal(healed.status, 0, healed.stderr);
    assert.match((await one.exec("cat", "/proc/uptime")).stdout, /^\d+[.]\d+ /);
    assert.deepEqual((await stale())[one.id], []);
    assert.ok((await stale())[other.id]!.length > 0, "another container was not asked for");

    assert.equal((await command("remount", "--all")).status, 0);
    assert.deepEqual(await stale(), { [one.id]: [], [other.id]: [] });
    const mounts = (await one.exec("cat", "/proc/self/mountinfo")).stdout.split("\n");
    const lxcfsMounts = mounts.filter((line) => line.includes("fuse.lxcfs")).map((line) => line.split(" "));
    assert.ok(lxcfsMounts.every(([, , , , , options]) => options!.startsWith("ro,nosuid,nodev,noexec")));
    assert.equal(
      new Set(lxcfsMounts.map(([, , device]) => device)).size,
      1,
      "nothing of the old one is left",
    );
    assert.equal((await one.exec("cat", "/proc/kcore")).stdout, "");
    const again = await command("remount", "--all");
    assert.deepEqual([again.status, again.stdout], [0, "nothing is stale or missing\n"]);
    assert.match((await command("remount", "nobody")).stderr, /no running container "nobody" .*lxcfs status/);
  },
  "files",
);

specTest("watch heals by itself until it is ended", ["root", "runc", "lxcfs"], async (subject) => {
  const { installed, lxcfs } = await setUp(subject);
  await using _ = lxcfs;
  await lxcfs.start();
  await using container = await startPlain(subject.work, installed);
  const watch = new Deno.Command(installed.program, {
    args: ["lxcfs", "watch", "--every", "1s", "--json"],
    env: installed.env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = watch.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await lxcfs.kill();
  const failed = JSON.parse((await lines.read()).value!);
  assert.deepEqual([failed.id, failed.healed], [container.id, []]);
  await lxcfs.start();
  const healed = JSON.parse((await lines.read()).value!);
  assert.deepEqual([healed.id, healed.failed], [container.id, []]);
  assert.match((await container.exec("cat", "/proc/uptime")).stdout, /^\d+[.]\d+ /);
  watch.kill("SIGTERM");
  assert.equal((await watch.status).signal, "SIGTERM");
  await lines.cancel();
}, "files");

specTest(
  "a restarted lxcfs appears in a shared folder above it, and heals where the kernel hands no mounts over",
  ["root", "runc", "lxcfs", "strace"],
  async (subject) => {
    const share = await sharedFolder(subject.work, "share");
    const { installed, lxcfs, command, stale } = await setUp(subject, {
      folder: "share/lxcfs",
      options: `share = "${share}"`,
    });
    await using _ = lxcfs;
    await lxcfs.start();
    await using container = await startPlain(subject.work, installed);
    const seen = () => container.exec("cat", `${lxcfs.folder}/proc/uptime`);
    assert.equal((await seen()).status, 0);
    await lxcfs.kill();
    assert.notEqual((await seen()).status, 0);
    await lxcfs.start();
    assert.equal((await seen()).status, 0);

    const inject = ["-f", "-o", "/dev/null", "-e", "trace=open_tree", "-e", "inject=open_tree:error=ENOSYS"];
    const healed = await run(["strace", ...inject, installed.program, "lxcfs", "remount", "--all"], {
      env: installed.env,
    });
    assert.equal(healed.status, 0, healed.stderr);
    assert.deepEqual(await stale(), { [container.id]: [] });
    assert.match((await container.exec("cat", "/proc/uptime")).stdout, /^\d+[.]\d+ /);
    assert.equal((await command("status")).status, 0);
  },
  "files",
);

/** An engine with our runtime, and how its client says the limits. */
interface EngineCase {
  name: Engine["name"];
  runtime: "runc" | "crun";
  start: (
    subject: Parameters<typeof setUp>[0],
    installed: Awaited<ReturnType<typeof setUp>>["installed"],
  ) => Promise<Engine>;
  /** Arguments that run a container in the background, the image and its command behind them. */
  run: (id: string, runtime: string) => string[];
  exec: (id: string) => string[];
  /** Arguments that end and remove it. */
  remove: (id: string) => string[];
}

const LIMITS = ["--memory", "256m", "--cpus", "1.5", "--cpuset-cpus", "0"];

const ENGINES: EngineCase[] = [
  {
    name: "docker",
    runtime: "runc",
    start: ({ work }, { runtime, env }) => startDocker(work, { runtimes: { [NAME]: runtime }, env }),
    run: (id) => ["run", "-d", "--name", id, "--network=none", "--runtime", NAME, ...LIMITS, IMAGE],
    exec: (id) => ["exec", id],
    remove: (id) => ["rm", "-f", id],
  },
  ...(["runc", "crun"] as const).map((runtime): EngineCase => ({
    name: "podman",
    runtime,
    start: ({ work }, { runtime, env }) => startPodman(work, { runtimes: { [NAME]: runtime }, env }),
    run: (id) => [
      ...["--runtime", NAME, "run", "-d", "--name", id, "--network=none"],
      ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096", ...LIMITS, IMAGE],
    ],
    exec: (id) => ["--runtime", NAME, "exec", id],
    remove: (id) => ["--runtime", NAME, "rm", "-f", "-t", "0", id],
  })),
  {
    name: "containerd",
    runtime: "runc",
    start: ({ work }, { env }) => startContainerd(work, env),
    run: (id, runtime) => [
      ...["run", "-d", "--snapshotter", "native", "--runtime", "io.containerd.runc.v2"],
      ...["--runc-binary", runtime, "--memory-limit", String(256 * MIB), "--cpus", "1.5"],
      ...[IMAGE, id],
    ],
    exec: (id) => ["task", "exec", "--exec-id", `x${crypto.randomUUID().slice(0, 8)}`, id],
    remove: (id) => ["task", "rm", "-f", id],
  },
];

for (const { name, runtime, start, ...args } of ENGINES) {
  specTest(
    `${name} on ${runtime}: containers see their limits, and are healed when lxcfs was killed`,
    ["root", "runc", runtime, name, "lxcfs"],
    async (subject) => {
      const { installed, lxcfs, command, stale } = await setUp(subject, { runtime });
      await using _ = lxcfs;
      await lxcfs.start();
      await using engine = await start(subject, installed);
      const id = `seen-${crypto.randomUUID().slice(0, 8)}`;
      const started = await engine.client([...args.run(id, installed.runtime), "sleep", "600"]);
      assert.equal(started.status, 0, started.stderr);
      try {
        const look = () => engine.client([...args.exec(id), ...LOOK]);
        assertSeen(name, (await look()).stdout);
        await lxcfs.kill();
        const broken = await look();
        assert.match(broken.stdout + broken.stderr, /Transport endpoint is not connected/);
        await lxcfs.start();
        const [listed] = Object.keys(await stale());
        assert.ok(listed, "the container is listed");
        const healed = await command("remount", name === "containerd" ? id : listed);
        assert.equal(healed.status, 0, healed.stderr);
        assertSeen(name, (await look()).stdout);
      } finally {
        await engine.client(args.remove(id));
        // podman's end is awaited by its folder's name on command lines, and lxcfs has it on its own.
        await lxcfs.kill();
      }
    },
    "files",
  );
}

/** ctr cannot ask for one processor. */
function assertSeen(engine: Engine["name"], stdout: string): void {
  if (engine === "containerd") assert.match(stdout, /^MemTotal: +262144 kB$/m);
  else assertLimits(stdout);
}
