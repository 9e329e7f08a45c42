import assert from "node:assert/strict";
import {
  type Container,
  definePlugin,
  device,
  type Plan,
  type PlanContext,
  setEnv,
} from "container-hooks/plugin";
import { ask, callHandler, makeContainer, rehearse } from "container-hooks/testing";

const MANIFEST = { api: 1, name: "tried", version: "1.0.0", brief: "Tried" } as const;
const AGAIN = /answers differently about the same container/;

/** Plugins of which something lasts, each in its own way. */
const LASTING: Record<string, (container: Container) => Plan> = {
  "counts": (() => {
    let count = 0;
    return () => ({ edits: [setEnv("COUNT", `${++count}`)] });
  })(),
  "knows whom it has seen": (() => {
    const seen = new Set<string>();
    return ({ id }) => {
      const note = seen.has(id) ? "again" : "new";
      seen.add(id);
      return { note };
    };
  })(),
  "tells of the one before": (() => {
    let last = "";
    return ({ id }) => {
      const note = `after ${last}`;
      last = id;
      return { note };
    };
  })(),
  "lets two through": (() => {
    let left = 2;
    return () => left-- > 0 ? {} : { deny: ["no more"] };
  })(),
  "fails the third time": (() => {
    let left = 2;
    return () => {
      if (left-- > 0) return {};
      throw new Error("worn out");
    };
  })(),
};

for (const [what, plan] of Object.entries(LASTING)) {
  Deno.test(`a plugin that ${what} is found, with what differs`, async () => {
    await assert.rejects(ask(definePlugin({ ...MANIFEST, plan })), AGAIN);
  });
}

Deno.test("what a later test's container leaves in a module is found by an earlier test's", async () => {
  const teams = new Set<string>();
  const plugin = definePlugin({
    ...MANIFEST,
    plan: ({ labels }) => {
      if (labels.team) teams.add(labels.team);
      return { edits: [setEnv("TEAMS", [...teams].join(","))] };
    },
  });
  await ask(plugin, { labels: { team: "a" } });
  await assert.rejects(
    ask(plugin, { labels: { team: "b" } }),
    /after those of later tests: edits\[0\]\.value was "a", then "a,b"/,
  );
});

Deno.test("what is cached may be used, and must not change the answer", async () => {
  const honest = definePlugin({
    ...MANIFEST,
    plan(_container, { host }) {
      const value = host.cached("v") ?? "computed";
      host.cache("v", value);
      return { edits: [setEnv("V", String(value))] };
    },
  });
  const cached = {};
  await ask(honest, {}, { cached });
  assert.deepEqual(cached, { v: "computed" });
  const counting = definePlugin({
    ...MANIFEST,
    plan(_container, { host }) {
      const count = Number(host.cached("n") ?? 0) + 1;
      host.cache("n", count);
      return { edits: [setEnv("N", String(count))] };
    },
  });
  await assert.rejects(ask(counting, {}, { cached: {} }), /with what it has cached/);
});

Deno.test("a plugin whose when does not hold is not asked, and it is said why", async () => {
  const plugin = definePlugin({ ...MANIFEST, when: { image: ["^ours/"] }, plan: () => ({ note: "asked" }) });
  assert.deepEqual(await ask(plugin, { image: { name: "theirs/a" } }), {});
  assert.deepEqual(await ask(plugin, { image: { name: "ours/a" } }), { note: "asked" });
  const { asked, reasons } = await rehearse(plugin);
  assert.equal(asked, false);
  assert.match(reasons.join(), /image: there is none/);
  const sandbox = await rehearse(definePlugin({ ...MANIFEST }), { role: "sandbox" });
  assert.match(sandbox.reasons.join(), /left alone without when\.role/);
});

Deno.test("a gate denies what its when cannot judge, and another plugin is not asked", async () => {
  const facts = { labels: { state: "unknown", why: "the database is gone" } } as const;
  const when = { labels: { "^a$": "." } };
  const gate = await ask(definePlugin({ ...MANIFEST, when, gate: true, plan: () => {} }), { facts });
  assert.match(gate.deny!.join(), /cannot judge it: labels: not known: the database is gone/);
  assert.deepEqual(
    await ask(definePlugin({ ...MANIFEST, when, plan: () => ({ note: "asked" }) }), { facts }),
    {},
  );
});

const LEVELLED = definePlugin({
  ...MANIFEST,
  options: { level: { type: "integer", default: 3, maximum: 9, brief: "how much" } },
  plan: (_container, { options }) => ({ note: String(options.level) }),
});

Deno.test("options are checked as those of config.toml, and have their defaults", async () => {
  assert.deepEqual(await ask(LEVELLED), { note: "3" });
  assert.deepEqual(await ask(LEVELLED, {}, { options: { level: undefined } }), { note: "3" });
  await assert.rejects(ask(LEVELLED, {}, { options: { level: 10 } }), /option level .* must be at most 9/);
  await assert.rejects(ask(LEVELLED, {}, { options: { level: "3" as never } }), /option level/);
  await assert.rejects(ask(LEVELLED, {}, { options: { lvl: 1 } as never }), /which the plugin does not have/);
});

Deno.test("a manifest that would not be taken is refused by its first test", async () => {
  await assert.rejects(ask(definePlugin({ ...MANIFEST, name: "No" })), /name/);
  await assert.rejects(ask(definePlugin({ ...MANIFEST, when: { image: ["(?=a)"] } })), /image/);
});

/** Asks a plugin that does no more than this with its host. */
function withHost(act: (host: PlanContext["host"]) => unknown, needs = {}, settings = {}) {
  const plan = async (_: Container, { host }: PlanContext) => ({ note: String(await act(host)) });
  return ask(definePlugin({ ...MANIFEST, needs, plan }), {}, settings);
}

Deno.test("host reaches what needs name, and no more", async () => {
  const files = { "/etc/a": "A", "/etc/b": "B" };
  const needs = { read: ["/etc/a"], run: ["/bin/tool"] };
  assert.deepEqual(await withHost((host) => host.readTextFile("/etc/a"), needs, { files }), { note: "A" });
  await assert.rejects(
    withHost((host) => host.readTextFile("/etc/b"), needs, { files }),
    /needs\.read do not name/,
  );
  await assert.rejects(
    withHost((host) => host.readTextFile("/etc/a/../b"), { read: ["/etc/a"] }, { files }),
    /needs\.read/,
  );
  const programs = {
    "/bin/tool": ({ args }: { args: readonly string[] }) => `got ${args}`,
    "/bin/other": "",
  };
  assert.deepEqual(
    await withHost(async (host) => (await host.run("/bin/tool", ["x"])).stdout, needs, { programs }),
    { note: "got x" },
  );
  await assert.rejects(withHost((host) => host.run("/bin/other", []), needs, { programs }), /needs\.run/);
  await assert.rejects(withHost((host) => host.run("/bin/tool", []), needs), /has none in `programs`/);
});

Deno.test("the container is one: what a field says, config.json says too", () => {
  const container = makeContainer({
    spec: { ociVersion: "1.0.2", process: { env: ["A=1"], args: ["sh"] } },
    annotations: { a: "b" },
    env: { B: "2" },
    process: { user: { uid: 5, gid: 6 } },
  });
  assert.deepEqual(container.env, { A: "1", B: "2" });
  assert.deepEqual(container.spec.process?.env, ["A=1", "B=2"]);
  assert.equal(container.spec.process?.user?.uid, 5);
  assert.deepEqual(container.process.args, ["sh"]);
  assert.deepEqual(container.spec.annotations, { a: "b" });
});

Deno.test("a rehearsal has the text of config.json, spliced, and its diff", async () => {
  const plugin = definePlugin({ ...MANIFEST, plan: () => ({ edits: [setEnv("A", "b")] }) });
  const spec = JSON.parse(
    '{"ociVersion":"1.0.2","process":{"args":["true"],"env":["PATH=/bin"]},"odd":{"x":1.50}}',
  );
  const { config, diff } = await rehearse(plugin, { spec });
  assert.deepEqual(JSON.parse(config).process.env, ["PATH=/bin", "A=b"]);
  assert.deepEqual(JSON.parse(config).odd, { x: 1.5 });
  assert.equal(
    diff,
    `@@ -7,3 +7,4 @@
     "env": [
-      "PATH=/bin"
+      "PATH=/bin",
+      "A=b"
     ]
`,
  );
});

Deno.test("a rehearsal tells a denial in the sentence that the engine's user reads", async () => {
  const { refused, diff } = await rehearse(
    definePlugin({ ...MANIFEST, plan: () => ({ deny: ["not today"] }) }),
  );
  assert.match(refused!, /tried.*not today/);
  assert.equal(diff, "");
});

Deno.test("an edit that does not fit the container fails its rehearsal, as it would the create", async () => {
  const fuse = definePlugin({ ...MANIFEST, plan: () => ({ edits: [device({ path: "/dev/fuse" })] }) });
  await assert.rejects(rehearse(fuse), /\/dev\/fuse, which is not there/);
  const devices = { "/dev/fuse": { type: "c", major: 10, minor: 229 } } as const;
  assert.match((await rehearse(fuse, {}, { devices })).diff, /229/);
  const cdi = definePlugin({ ...MANIFEST, plan: () => ({ edits: [device("vendor.com/gpu=0")] }) });
  await assert.rejects(rehearse(cdi), /CDI/);
});

const STEPS: string[] = [];
const HANDLING = definePlugin({
  ...MANIFEST,
  needs: { run: ["/bin/tool"] },
  on: {
    async createRuntime({ id }, { undo, host, carry, store, keep, log }) {
      undo(() => void STEPS.push("first"));
      undo(() => void STEPS.push("second"));
      undo(() => {
        throw new Error("cannot");
      });
      keep(id, carry);
      store(`seen:${id}`, true);
      log.info(String(host.kept().before));
      const { status } = await host.run("/bin/tool", [id], { stdin: "x" });
      if (status !== 0) throw new Error("tool says no");
    },
    async poststop(_state, { signal }) {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    },
  },
});

Deno.test("a handler keeps, stores, runs and logs with a stand-in host", async () => {
  const outcome = await callHandler(HANDLING, "createRuntime", {
    carry: { n: 1n },
    kept: { before: "told" },
    programs: { "/bin/tool": "" },
  });
  assert.equal(outcome.failed, undefined);
  assert.deepEqual(outcome.kept, { before: "told", test: { n: 1n } });
  assert.deepEqual(outcome.stored, { "seen:test": true });
  assert.deepEqual(outcome.log, ["info: told"]);
  assert.deepEqual(outcome.ran.map(({ args, stdin }) => ({ args, stdin })), [{ args: ["test"], stdin: "x" }]);
  assert.deepEqual([outcome.undos, STEPS.splice(0)], [3, []]);
  await outcome.takeBack();
  await outcome.takeBack();
  assert.deepEqual([STEPS.splice(0), outcome.undoFailures], [["second", "first"], ["cannot"]]);
});

Deno.test("what a failed handler registered is called, the last first, whatever one of them fails with", async () => {
  const programs = { "/bin/tool": () => ({ status: 1 }) };
  const { failed, undoFailures } = await callHandler(HANDLING, "createRuntime", { programs });
  assert.equal(failed, "tool says no");
  assert.deepEqual([STEPS.splice(0), undoFailures], [["second", "first"], ["cannot"]]);
});

Deno.test("at its limit a handler's signal is aborted, and it has failed", async () => {
  const { failed } = await callHandler(HANDLING, "poststop", { limit: 20 });
  assert.match(failed!, /poststop of plugin tried took longer than 0.02 s/);
});

Deno.test("a handler that is not there, and a value that is no data, are told", async () => {
  await assert.rejects(callHandler(HANDLING, "start"), /no handler at start/);
  const keeping = (name: string, value: unknown) =>
    callHandler(
      definePlugin({ ...MANIFEST, on: { poststop: (_, { keep }) => keep(name, value as never) } }),
      "poststop",
    );
  assert.match((await keeping("a/b", 1)).failed!, /takes a name/);
  assert.match((await keeping("a", new Date())).failed!, /value/);
});
