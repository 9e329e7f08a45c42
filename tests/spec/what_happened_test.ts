/** What `explain`, `trace` and `metrics` tell of containers of real runtimes and engines, once they are gone too. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { type Engine, IMAGE, startContainerd, startDocker, startPodman } from "../harness/engines.ts";
import { install, type Installation } from "../harness/installation.ts";
import { type Need, specTest } from "../harness/needs.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const NAME = "container-hooks-runtime";
const POLICY = `[plugins.watching]\n`;

/** Its handler at createRuntime fails for a container whose program says so. */
const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";
export default definePlugin({
  api: 1, name: "watching", version: "1.0.0", brief: "A test's", when: { always: true },
  plan: (container) => ({
    edits: [setEnv("WATCHED", "hunter2")],
    carry: { bad: container.process.args.join(" ").includes("bad-handler") },
  }),
  on: {
    createRuntime(state, { carry, log }) {
      if (carry.bad) throw new Error("no network </script>");
      log.info("network is up");
    },
    poststop(state, { log }) { log.info("put away"); },
  },
});
`;

async function watching({ form, work }: { form: Parameters<typeof install>[0]; work: WorkFolder }) {
  work.file("plugins/watching.ts", PLUGIN);
  return await install(form, work, { policy: POLICY, copy: true });
}

async function said(installed: Installation, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await installed.command(args);
  assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

specTest("runc: each handler, what runc said, a broken configuration and the way out are on record", [
  "root",
  "runc",
], async (subject) => {
  const { work } = subject;
  const installed = await watching(subject);
  const create = async (id: string, args: string[], front: string[] = []) => {
    const bundle = await makeBundle(work, { args });
    return await installed.asRuntime([...front, "run", "--bundle", bundle.path, id]);
  };
  const id = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`;
  const [good, bad, nope, broken, passed] = ["good", "bad", "nope", "broken", "passed"].map(id) as [
    string,
    string,
    string,
    string,
    string,
  ];

  assert.equal((await create(good, ["true"])).status, 0);
  const explained = await said(installed, "explain", good);
  assert.match(explained, /^createRuntime +watching +done +[\d.]+ m?s +network is up$/m);
  assert.match(explained, /^poststop +watching +done +[\d.]+ m?s +put away$/m);
  assert.match(explained, /^ended +stopped, until/m);
  assert.doesNotMatch(explained, /hunter2/);

  assert.notEqual((await create(bad, ["bad-handler"])).status, 0);
  assert.match(
    await said(installed, "explain", bad),
    /^outcome +handler failed$[^]*^ended +did not start: .*no network/m,
  );

  const log = `${work.path}/runc.log`;
  assert.notEqual(
    (await create(nope, ["/no/such/program"], ["--log", log, "--log-format", "json"])).status,
    0,
  );
  assert.match(
    await said(installed, "explain", nope),
    /^ended +did not start: .*no such file or directory.* \(says runc's log\)$/m,
  );

  const page = `${work.path}/page.html`;
  await said(installed, "trace", bad, "--html", page);
  assert.doesNotMatch(Deno.readTextFileSync(page), /<\/script|hunter2/);
  const { steps } = JSON.parse(await said(installed, "trace", good, "--json"));
  const names = steps.map(({ step }: { step: string }) => step);
  for (
    const step of [
      "request",
      "index",
      "plugin watching",
      "journal",
      "rename",
      "createRuntime of watching",
      "poststop of watching",
    ]
  ) {
    assert.ok(names.includes(step), `${step} is missing in ${names.join(", ")}`);
  }

  const config = Deno.readTextFileSync(installed.configFile);
  work.file("config.toml", "= 1");
  assert.notEqual((await create(broken, ["true"])).status, 0);
  await said(installed, "bypass", "on");
  assert.equal((await create(passed, ["true"])).status, 0);
  await said(installed, "bypass", "off");
  work.file("config.toml", config);
  const list = await said(installed, "explain");
  const outcome = (name: string) =>
    new RegExp(`^${name.slice(0, 12)} .* (\\w+( \\w+)?)  `, "m").exec(list)?.[1];
  assert.match(list, new RegExp(`^${passed.slice(0, 12)} .* bypassed +nothing$`, "m"), list);
  assert.match(
    list,
    new RegExp(`^${broken.slice(0, 12)} .* refused +nothing$`, "m"),
    String(outcome(broken)),
  );
  const failed = await said(installed, "explain", "--failed");
  assert.deepEqual([good, bad, broken].map((one) => failed.includes(one.slice(0, 12))), [false, true, true]);
  const counts = JSON.parse(await said(installed, "metrics", "--json"));
  assert.equal(
    counts['container_hooks_handlers_total{plugin="watching",stage="createRuntime",result="failed"}'],
    1,
  );
});

specTest(
  "a run folder below one of mode 1777 was written to and not believed",
  ["root", "runc"],
  async (subject) => {
    const installed = await watching(subject);
    const sticky = subject.work.folder("sticky", 0o1777);
    const env = { CONTAINER_HOOKS_RUN: `${sticky}/container-hooks` };
    const bundle = await makeBundle(subject.work, { args: ["true"] });
    for (const id of ["first", "second"]) {
      const name = `${id}-${crypto.randomUUID().slice(0, 8)}`;
      const ran = await installed.asRuntime(["run", "--bundle", bundle.path, name], { env });
      assert.equal(ran.status, 0, `a bundle's ${id} run: ${ran.stderr}`);
      assert.match((await installed.command(["explain", name], { env })).stdout, /^outcome +edited$/m);
    }
    assert.equal((await installed.command(["bypass", "on"], { env })).status, 0);
    assert.match((await installed.command(["bypass", "status"], { env })).stdout, /on/);
  },
);

const engines: [Engine["name"], Need[], (work: WorkFolder, installed: Installation) => Promise<Engine>][] = [
  [
    "docker",
    ["root", "runc", "docker"],
    (work, { runtime, env }) => startDocker(work, { runtimes: { [NAME]: runtime }, env }),
  ],
  [
    "podman",
    ["root", "runc", "podman"],
    (work, { runtime, env }) => startPodman(work, { runtimes: { [NAME]: runtime }, env }),
  ],
];

for (const [name, needs, start] of engines) {
  specTest(
    `${name}: how a container ended is known by its name, and so is what the runtime said`,
    needs,
    async (subject) => {
      const installed = await watching(subject);
      await using engine = await start(subject.work, installed);
      const container = (id: string, ...args: string[]) =>
        engine.client([
          ...name === "podman" ? ["--runtime", NAME] : [],
          ...[
            "run",
            "--name",
            id,
            "--network=none",
            // Of this machine, whose limits podman's defaults exceed.
            ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"],
            ...name === "docker" ? ["--runtime", NAME] : [],
            IMAGE,
            ...args,
          ],
        ]);
      assert.equal((await container("ended", "sh", "-c", "exit 3")).status, 3);
      const ended = await said(installed, "explain", "ended");
      assert.match(ended, new RegExp(`^ended +stopped, .*exit status 3 \\(says ${name}\\)$`, "m"), ended);
      assert.notEqual((await container("nope", "/no/such/program")).status, 0);
      const nope = await said(installed, "explain", "nope");
      assert.match(nope, /^ended +(did not start|stopped|created|not known)/m, nope);
      if (name === "docker") {
        assert.match(nope, /^ended +did not start, .*no such file or directory.*\(says docker\)$/m);
      }
      await container("bad", "bad-handler");
      assert.match(await said(installed, "explain", "bad"), /^ended +did not start: .*no network/m);
      await assert.rejects(said(installed, "explain", "none-such"), /no container "none-such" is on record/);
    },
  );
}

specTest("ctr: a container that runs is found and told to run, and one that is gone is not", [
  "root",
  "runc",
  "containerd",
], async (subject) => {
  const installed = await watching(subject);
  await using engine = await startContainerd(subject.work, installed.env);
  const ran = await engine.runContainer({ id: "short", runtime: installed.runtime, args: ["true"] });
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(await said(installed, "explain", "short"), /^ended +stopped, until .*the runtime removed it/m);
});
