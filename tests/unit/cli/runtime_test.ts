/** What `runtime configure`, `unconfigure` and `status` print and end with, on a host in memory. */
import assert from "node:assert/strict";
import { configure, unconfigure } from "../../../mod/cli/runtime/runtime.ts";
import { status } from "../../../mod/cli/runtime/status.ts";
import { dockerHost, FILE } from "../engines/setup/docker_host.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { call, FLAGS, ORIGINAL } from "./runtime_calls.ts";

Deno.test("without an engine's name, configure shows what is here and what it would do", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const { out, status } = await call(dockerd, configure, FLAGS);
  assert.match(out, /^docker 20\.10\.24\n--- \/etc\/docker\/daemon\.json\n/);
  assert.match(out, /^\+ {4}"container-hooks": \{$/m);
  assert.match(out, /Nothing was changed: --all does it for all of them, --runtime ENGINE for one\n$/);
  assert.equal(status, 0);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("the diff is coloured on a terminal alone", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const flags = { ...FLAGS, runtime: ["docker"] as const, dryRun: true };
  assert.ok(!(await call(dockerd, configure, flags)).out.includes("\x1b"));
  dockerd.host.terminal = true;
  assert.ok((await call(dockerd, configure, flags)).out.includes('\x1b[32m+    "container-hooks": {\x1b[0m'));
});

Deno.test("--all configures every engine that is here, and says what it did", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const { out } = await call(dockerd, configure, { ...FLAGS, all: true });
  assert.match(
    out,
    /daemon\.json changed; what stood there is in \/var\/lib\/container-hooks\/backups\/[0-9a-f]{64}\n/,
  );
  assert.match(out, /container-hooks: told by a signal; loaded, not the default \(docker info lists it\)\n$/);
  assert.match(
    (await call(dockerd, unconfigure, { ...FLAGS, all: true })).out,
    /told by a signal; not loaded/,
  );
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("JSON has all of it", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const { out } = await call(dockerd, configure, { ...FLAGS, all: true, json: true });
  const [docker] = JSON.parse(out);
  assert.deepEqual([docker.engine, docker.version, docker.file, docker.by], [
    "docker",
    "20.10.24",
    FILE,
    "signal",
  ]);
  assert.deepEqual(docker.answer, { loaded: true, isDefault: false, how: "docker info lists it" });
});

Deno.test("status ends with 1 until docker is configured and has loaded it", async () => {
  const dockerd = dockerHost(ORIGINAL);
  assert.equal((await call(dockerd, status, FLAGS)).status, 1);
  await call(dockerd, configure, { ...FLAGS, all: true });
  const { out, status: ended } = await call(dockerd, status, FLAGS);
  assert.equal(ended, 0);
  assert.match(
    out,
    /^docker 20\.10\.24 +container-hooks +\/etc\/docker\/daemon\.json:4 +no +yes +docker info lists it$/m,
  );
  dockerd.runtimes = [];
  assert.equal((await call(dockerd, status, FLAGS)).status, 1, "in the file, and docker does not have it");
});

Deno.test("what is wrong with one engine is said, and ends with 1", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.file(FILE, "{,}");
  const done = await call(dockerd, configure, { ...FLAGS, all: true });
  assert.deepEqual([done.status, done.err.split("\n").length], [1, 2]);
  assert.match(done.err, /^container-hooks: \/etc\/docker\/daemon\.json is not JSON/);
  assert.equal((await call(dockerd, status, FLAGS)).status, 1);
});

Deno.test("a launcher that was missing had no next command, and a preview showed it all the same", async () => {
  const dockerd = dockerHost(ORIGINAL);
  for (const flags of [{ all: true }, { all: true, dryRun: true }, {}]) {
    const calling = () => call(dockerd, configure, { ...FLAGS, ...flags, path: "/usr/bin/absent" });
    await assert.rejects(calling, /launcher \/usr\/bin\/absent does not exist; `container-hooks install`/);
  }
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("a preview took a link that leads nowhere, which the real run refuses", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.symlink("/srv/d.json", "/srv/nowhere");
  for (const dryRun of [true, false]) {
    const flags = { ...FLAGS, runtime: ["docker"] as const, config: "/srv/d.json", dryRun };
    const { err, status } = await call(dockerd, configure, flags);
    assert.match(err, /file that a symbolic link leads to \/srv\/d\.json does not exist/);
    assert.equal(status, 1);
  }
});

Deno.test("links in a circle were a defect of ours", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.symlink("/srv/a", "/srv/b");
  dockerd.host.symlink("/srv/b", "/srv/a");
  const which = { ...FLAGS, runtime: ["docker"] as const, config: "/srv/a" };
  for (const command of [configure, unconfigure]) {
    const { err } = await call(dockerd, command, which);
    assert.match(err, /engine configuration \/srv\/a cannot be read: too many levels of symbolic links/);
  }
  assert.match((await call(dockerd, status, which)).out, /\/srv\/a cannot be read/);
});

for (
  const [what, folder, mode] of [
    ["a folder that a user may not enter", "/etc/containers", 0o700],
    ["a folder that a user may not list", "/etc/containers/containers.conf.d", 0o711],
  ] as const
) {
  Deno.test(`${what} was a defect of ours`, async () => {
    const dockerd = dockerHost(ORIGINAL);
    dockerd.host.file("/usr/bin/podman", "", { mode: 0o755 });
    dockerd.host.programs["/usr/bin/podman"] = () => ({});
    dockerd.host.folder(folder, { mode });
    dockerd.host.user = 1000;
    const { out } = await call(dockerd, status, { ...FLAGS, runtime: ["podman"] as const });
    assert.match(out, /engine configuration \/etc\/containers\S* cannot be read: permission denied/);
  });
}

Deno.test("what is not known was left out of the JSON, as if nobody had asked", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.remove("/proc/42/comm");
  const flags = { ...FLAGS, all: true, json: true };
  const [done] = JSON.parse((await call(dockerd, configure, flags)).out);
  assert.deepEqual([done.answer.loaded, done.answer.isDefault], [null, null]);
  const [told] = JSON.parse((await call(dockerd, status, flags)).out);
  assert.deepEqual([told.loaded, told.isDefault], [null, null]);
});

Deno.test("status was content with a docker that runs and does not tell what it has loaded", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await call(dockerd, configure, { ...FLAGS, all: true });
  dockerd.host.remove("/usr/bin/docker");
  assert.equal((await call(dockerd, status, FLAGS)).status, 1);
  dockerd.host.remove("/proc/42/comm");
  assert.equal((await call(dockerd, status, FLAGS)).status, 0, "without a dockerd, files are all there is");
});

Deno.test("a user who is not root left a record of a change that he may not make", async () => {
  const dockerd = dockerHost(ORIGINAL);
  Object.assign(dockerd.host, { user: 1000, variables: { HOME: "/home/u" } });
  dockerd.host.folder("/home/u", { uid: 1000 });
  for (const command of [configure, unconfigure]) {
    const calling = () => call(dockerd, command, { ...FLAGS, all: true });
    await assert.rejects(calling, /only root .* user 1000; run it as root, or name .* --config ~\/\.config/);
  }
  const left = dockerd.host.readFolder("/home/u/.local/state/container-hooks").map(({ name }) => name);
  assert.deepEqual(left, ["index.json"]);
});

const NVIDIA = "/usr/bin/nvidia-container-runtime";
const WITH_NVIDIA = JSON.stringify({ "default-runtime": "nvidia", "runtimes": { nvidia: { path: NVIDIA } } });

Deno.test("nvidia's default went without a word", async () => {
  const dockerd = dockerHost(WITH_NVIDIA);
  const flags = { ...FLAGS, all: true, setAsDefault: true };
  for (const dryRun of [true, false]) {
    const { out } = await call(dockerd, configure, { ...flags, dryRun });
    assert.match(
      out,
      /replaces the default nvidia \(\/usr.*`container-hooks launcher --runtime \/usr\/bin\/nvidia-/,
    );
  }
  assert.doesNotMatch((await call(dockerd, configure, flags)).out, /replaces/, "ours is the default by now");
});

Deno.test("of a default that our launcher stands in front of, nothing is said", async () => {
  const dockerd = dockerHost(WITH_NVIDIA);
  dockerd.host.file(NVIDIA, "", { mode: 0o755 });
  const text = launcherText({ program: "/usr/bin/container-hooks", runtime: NVIDIA, version: "1" });
  dockerd.host.file(FLAGS.path, text, { mode: 0o755 });
  assert.doesNotMatch((await call(dockerd, configure, { ...FLAGS, setAsDefault: true })).out, /replaces/);
});

/** The note on what configure replaces, with a launcher that stands in front of this runtime. */
async function replacedBy(
  behind: string,
  engine: "podman" | "docker",
  text: string,
  podman = "",
): Promise<string> {
  const dockerd = dockerHost(text);
  const { host } = dockerd;
  host.file("/etc/containers/containers.conf", podman);
  for (const program of ["/usr/bin/podman", "/usr/bin/crun", "/usr/bin/runc"]) {
    host.file(program, "", { mode: 0o755 });
  }
  host.programs["/usr/bin/podman"] = () => ({});
  const launcher = launcherText({ program: "/usr/bin/container-hooks", runtime: behind, version: "1" });
  host.file(FLAGS.path, launcher, { mode: 0o755 });
  const flags = { ...FLAGS, runtime: [engine], setAsDefault: true, dryRun: true };
  return (await call(dockerd, configure, flags)).out;
}

Deno.test("podman, whose own default is crun, got runc without a word", async () => {
  assert.match(
    await replacedBy("/usr/bin/runc", "podman", ORIGINAL),
    /replaces the default crun \(\/usr\/bin\/crun\) by \/usr\/bin\/runc; to keep it behind us, .*--runtime \/usr\/bin\/crun/,
  );
  assert.doesNotMatch(await replacedBy("/usr/bin/crun", "podman", ORIGINAL), /replaces/);
});

Deno.test("docker, whose own default is runc, got crun without a word", async () => {
  assert.match(
    await replacedBy("/usr/bin/crun", "docker", ORIGINAL),
    /replaces the default runc \(.* by \/usr\/bin\/crun/,
  );
  assert.doesNotMatch(await replacedBy("/usr/bin/runc", "docker", ORIGINAL), /replaces/);
});

Deno.test("an entry named runc that is another program was taken for runc", async () => {
  const text = '[engine]\nruntime = "runc"\n[engine.runtimes]\nrunc = ["/opt/vendor/runc"]\n';
  assert.match(
    await replacedBy("/usr/bin/runc", "podman", ORIGINAL, text),
    /replaces the default runc \(\/opt\/vendor\/runc\) by \/usr\/bin\/runc; .*--runtime \/opt\/vendor\/runc/,
  );
});

Deno.test("podman was told that runc needs no control group", async () => {
  assert.doesNotMatch(await replacedBy("/usr/bin/runc", "podman", ORIGINAL), /nocgroup/);
  assert.match(
    await replacedBy("/usr/bin/crun", "podman", ORIGINAL),
    /runtime_supports_nocgroup = .*"container-hooks"/,
  );
});

for (
  const [name, flags] of [
    ["--config without an engine", { config: "/x" }],
    ["--config with two engines", { config: "/x", runtime: ["docker", "podman"] }],
    ["--config that is relative", { config: "x", runtime: ["docker"] }],
    ["--name with a blank", { name: "a b" }],
    ["--path that is relative", { path: "x" }],
  ] as const
) {
  Deno.test(`a wrong command line: ${name}`, async () => {
    const calling = () => call(dockerHost(ORIGINAL), configure, { ...FLAGS, ...flags });
    await assert.rejects(calling, { code: "usage", status: 2 });
  });
}
