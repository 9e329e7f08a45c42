/** What `runtime configure`, `unconfigure` and `status` print and end with, on a host in memory. */
import assert from "node:assert/strict";
import { configure, unconfigure } from "../../../mod/cli/runtime.ts";
import { status } from "../../../mod/cli/runtime_status.ts";
import type { ProgramContext } from "../../../mod/cli/program_context.ts";
import { type Dockerd, dockerHost, FILE, LAUNCHER } from "../configure/docker_host.ts";

const ORIGINAL = '{\n  "debug": true\n}\n';
const FLAGS = {
  name: "container-hooks",
  path: LAUNCHER,
  all: false,
  dryRun: false,
  json: false,
  setAsDefault: false,
};

/** Calls a command; gives back what it printed and the status that it ended with. */
async function call<F>(
  { host }: Dockerd,
  command: (this: ProgramContext, flags: F) => Promise<void>,
  flags: F,
): Promise<{ out: string; err: string; status: number }> {
  Object.assign(host, { out: "", err: "" });
  const process: { exitCode?: number } = {};
  const context = { host, process, parts: { start: { builtin: {} } } } as unknown as ProgramContext;
  await command.call(context, flags);
  return { out: host.out, err: host.err, status: process.exitCode ?? 0 };
}

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
  assert.match(out, /^docker 20\.10\.24 +\/etc\/docker\/daemon\.json:4 +no +yes +docker info lists it$/m);
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

Deno.test("a launcher that is not there is no runtime", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const { err } = await call(dockerd, configure, { ...FLAGS, all: true, path: "/usr/bin/absent" });
  assert.match(err, /launcher \/usr\/bin\/absent does not exist/);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("a dockerd that reads another file is named", async () => {
  const dockerd = dockerHost(ORIGINAL, ["--config-file", "/srv/daemon.json"]);
  const { out } = await call(dockerd, configure, FLAGS);
  assert.match(
    out,
    /dockerd \(process 42\) reads \/srv\/daemon\.json, not \/etc\/docker\/daemon\.json: name it with/,
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
