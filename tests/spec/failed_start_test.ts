/** A handler at `start` that fails: what was done before it is put away, and nothing of the container is left. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { crunMayRun, IMAGE, startContainerd, startDocker } from "../harness/engines.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type Ran, run, which } from "../harness/run.ts";

/** Notes what it does; its start fails. */
function source(note: string): string {
  return `import { definePlugin } from "container-hooks/plugin";
const NOTE = ${JSON.stringify(note)};
export default definePlugin({
  api: 1, name: "failing", version: "1.0.0", brief: "Fails at start", when: { always: true },
  needs: { run: [NOTE] },
  plan() {},
  on: {
    async createRuntime(_state, { host }) { await host.run(NOTE, ["made"]); },
    async start(_state, { host }) { await host.run(NOTE, ["started"]); throw new Error("no address is free"); },
    async poststop(_state, { host }) { await host.run(NOTE, ["put away"]); },
  },
});
`;
}

interface Scene {
  installed: Installation;
  notes(): string[];
}

async function setUp({ form, work }: Subject, runtime = "runc"): Promise<Scene> {
  const noted = work.file("noted", "");
  const note = work.program("note", `#!/bin/sh\necho "$*" >>${noted}\n`);
  work.file("plugins/failing.ts", source(note));
  const installed = await install(form, work, {
    runtimes: [which(runtime)!],
    config: `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = [${JSON.stringify(which(runtime))}]
`,
  });
  return { installed, notes: () => Deno.readTextFileSync(noted).split("\n").filter((line) => line !== "") };
}

/** Processes whose command line or cgroup names the container, but for those of `ps` and its like. */
function processesOf(id: string): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => /^\d+$/.test(name))
    .flatMap(
      (pid) => {
        const read = (file: string) => {
          try {
            return Deno.readTextFileSync(`/proc/${pid}/${file}`);
          } catch {
            return "";
          }
        };
        const words = read("cmdline").replaceAll("\0", " ");
        // One without words has ended, and waits for whoever started it.
        return words !== "" && (read("cgroup").includes(id) || words.includes(id))
          ? [`${pid}: ${words}`]
          : [];
      },
    );
}

/** The engine takes away what is its own after the client has ended. */
async function untilNone(id: string): Promise<string[]> {
  for (let look = 0; look < 100 && processesOf(id).length > 0; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return processesOf(id);
}

const SAID = /plugin failing failed at start.*no address is free/;

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `${runtime}: a failing start handler undid nothing and left the created container`,
    ["root", "runc", runtime],
    async (subject) => {
      const { installed, notes } = await setUp(subject, runtime);
      const id = `failing-${crypto.randomUUID().slice(0, 8)}`;
      const { path } = await makeBundle(subject.work, { args: ["true"] });
      const before = runtime === "crun" ? crunMayRun() : [];
      const call = (...args: string[]): Promise<Ran> =>
        run([...before, installed.runtime, ...args], { env: installed.env });
      const created = await call("create", "--bundle", path, id);
      assert.equal(created.status, 0, created.stderr);
      const started = await call("start", id);
      assert.equal(started.status, 1);
      assert.match(started.stderr, SAID);
      assert.deepEqual(notes(), ["made", "started", "put away"]);
      assert.notEqual((await call("state", id)).status, 0, "it is gone");
      assert.deepEqual(processesOf(id), []);
      assert.deepEqual(Array.from(Deno.readDirSync(`${installed.runFolder}/start`)), [], "so is its mark");
      // The id is free again.
      assert.equal((await call("create", "--bundle", path, id)).status, 0);
      await call("delete", "--force", id);
    },
  );
}

specTest(
  "docker kept a process and a shim for each try of a container whose start handler fails",
  ["root", "runc", "docker"],
  async (subject) => {
    const { installed, notes } = await setUp(subject);
    await using docker = await startDocker(subject.work, {
      runtimes: { ours: installed.runtime },
      env: installed.env,
    });
    const created = await docker.client([
      "create",
      "--name",
      "web",
      "--network=none",
      "--runtime",
      "ours",
      IMAGE,
      "true",
    ]);
    const id = created.stdout.trim();
    for (let tries = 1; tries <= 2; tries++) {
      const ran = await docker.client(["start", "web"]);
      assert.notEqual(ran.status, 0);
      assert.match(ran.stderr, SAID);
      assert.deepEqual(await untilNone(id), []);
      assert.equal(notes().filter((note) => note === "put away").length, tries);
    }
    const removed = await docker.client(["rm", "web"]);
    assert.equal(removed.status, 0, removed.stderr);
  },
  "files",
);

specTest(
  "ctr kept a process of a container whose start handler fails",
  ["root", "runc", "containerd"],
  async (subject) => {
    const { installed, notes } = await setUp(subject);
    await using containerd = await startContainerd(subject.work, installed.env);
    const id = `failing-${crypto.randomUUID().slice(0, 8)}`;
    const ran = await containerd.runContainer({ id, runtime: installed.runtime, args: ["true"] });
    assert.notEqual(ran.status, 0);
    assert.match(ran.stderr, SAID);
    assert.deepEqual(notes(), ["made", "started", "put away"]);
    const inits = (await untilNone(id)).filter((line) => line.includes("runc init"));
    assert.deepEqual(inits, []);
  },
  "files",
);
