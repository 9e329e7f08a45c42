import assert from "node:assert/strict";
import { annotation, type Container, setEnv } from "../../../mod/api/plugin.ts";
import { pause } from "../../../mod/host/timer.ts";
import { markedForStart } from "../../../mod/state/start_marks.ts";
import type { MemoryHost } from "../memory_host.ts";
import {
  BUNDLE,
  CALL,
  CONFIG,
  type Decided,
  type Ended,
  entryOf,
  hostFor,
  LOG,
  namesIn,
  ORIGINAL,
  planOn,
  programOf,
} from "./create_host.ts";

/** What is to come of a create. */
interface Case {
  plugins: Record<string, Decided>;
  /** Of config.toml, below its first table. */
  config?: string;
  /** What is done to the host before the create. */
  before?: (host: MemoryHost) => void;
  outcome: "edited" | "unchanged" | "refused";
  /** Code of the failure, where it is refused. */
  code?: string;
  /** Where no journal entry can be written. */
  unrecorded?: true;
  /** Plugins that were asked, in order. */
  asked: string[];
  then?: (ended: Ended & { host: MemoryHost }) => void;
}

const env = (name: string, value: string): Decided => ({ plan: () => ({ edits: [setEnv(name, value)] }) });
const broken: Decided = {
  plan() {
    throw new Error("out of luck");
  },
};
const full = () => {
  throw new Error("No space left on device (os error 28)");
};

const cases: Record<string, Case> = {
  "edits are made in the text, and the journal says whose they are": {
    plugins: { a: env("B", "2"), b: { plan: () => ({ edits: [annotation("k", "v")], note: "because" }) } },
    outcome: "edited",
    asked: ["a", "b"],
    then({ host, create }) {
      const text = host.text(CONFIG)!;
      assert.match(text, /"process": {2}\{ "args": \["sh"\], "env": \["A=1", ?"B=2"\], "cwd": "\/" \}/);
      assert.match(text, /"limit": 9007199254740993 /);
      assert.deepEqual(JSON.parse(text).annotations, { k: "v" });
      const { plugins, container, program } = entryOf(host, create)!;
      assert.deepEqual(plugins.map(({ name, edits }) => [name, edits.length]), [["a", 1], ["b", 1]]);
      assert.ok(plugins[1]!.reasons.includes("because"));
      assert.deepEqual([container.id, container.runtime, container.engine], ["web", "runc", "none"]);
      assert.equal(program, "1.0.0-test");
    },
  },
  "config.json keeps its owner and mode": {
    plugins: { a: env("B", "2") },
    config: '[container-hooks]\nforeign-bundles = "accept"\n',
    before: (host) => host.file(CONFIG, ORIGINAL, { uid: 7, gid: 8, mode: 0o600 }),
    outcome: "edited",
    asked: ["a"],
    then({ host }) {
      const { uid, gid, mode } = host.lstat(CONFIG)!;
      assert.deepEqual([uid, gid, mode], [7, 8, 0o600]);
      assert.deepEqual(namesIn(host, BUNDLE), ["config.json"]);
    },
  },
  "where nothing is to be done nothing is written but the journal": {
    plugins: { a: { plan: () => ({}) } },
    outcome: "unchanged",
    asked: ["a"],
    then({ host }) {
      assert.equal(host.text(CONFIG), ORIGINAL);
      assert.deepEqual(namesIn(host, "/run/container-hooks/journal/written"), []);
    },
  },
  "a plugin that does not apply is not asked, and the journal says why": {
    plugins: { a: { ...env("B", "2"), when: { engine: ["docker"] } } },
    outcome: "unchanged",
    asked: [],
    then({ host, create }) {
      const [record] = entryOf(host, create)!.plugins;
      assert.equal(record!.selected, false);
      assert.match(record!.reasons.join(), /engine/);
    },
  },
  "a gate that denies is asked first, and nobody else is": {
    plugins: { a: env("B", "2"), z: { gate: true, plan: () => ({ deny: ["not here"] }) } },
    outcome: "refused",
    code: "denied",
    asked: ["z"],
    then: ({ refusal }) => assert.match(refusal!.message, /z.*not here/),
  },
  "of two gates that deny, both are named": {
    plugins: {
      y: { gate: true, plan: () => ({ deny: ["not now"] }) },
      z: { gate: true, plan: () => ({ deny: ["not here"] }) },
    },
    outcome: "refused",
    code: "denied",
    asked: ["y", "z"],
    then: ({ refusal }) => assert.match(refusal!.message, /not now.*\(z\) not here/),
  },
  "a denial that is only watched is recorded, and the container starts": {
    plugins: { z: { gate: true, plan: () => ({ deny: ["not here"] }) } },
    config: '[plugins.z]\nmode = "audit"\n',
    outcome: "unchanged",
    asked: ["z"],
    then: ({ host, create }) => assert.deepEqual(entryOf(host, create)!.plugins[0]!.deny, ["not here"]),
  },
  "edits that are only watched are recorded and not made": {
    plugins: { a: env("B", "2") },
    config: '[plugins.a]\nmode = "audit"\n',
    outcome: "unchanged",
    asked: ["a"],
    then({ host, create }) {
      assert.equal(host.text(CONFIG), ORIGINAL);
      assert.equal(entryOf(host, create)!.plugins[0]!.edits.length, 1);
    },
  },
  "two plugins that want two values of one variable are a conflict": {
    plugins: { a: env("B", "2"), b: env("B", "3") },
    outcome: "refused",
    code: "conflict",
    asked: ["a", "b"],
    then: ({ refusal }) => assert.match(refusal!.message, /\ba\b.*\bb\b/),
  },
  "a plugin that fails stops the container": {
    plugins: { a: broken, b: env("B", "2") },
    outcome: "refused",
    code: "plugin",
    asked: ["a"],
    then: ({ host, create }) => assert.equal(entryOf(host, create)!.plugins[0]!.failed, true),
  },
  "a plugin that may fail is warned of, and the others' edits are made": {
    plugins: { a: broken, b: env("B", "2") },
    config: '[plugins.a]\non-error = "warn"\n',
    outcome: "edited",
    asked: ["a", "b"],
    then({ host, create }) {
      assert.equal(entryOf(host, create)!.plugins[0]!.failed, true);
      assert.match(host.text(CONFIG)!, /"B=2"/);
    },
  },
  "a plugin that is gone and may be is recorded as missed": {
    plugins: { a: env("B", "2") },
    config: '[plugins.gone]\non-error = "warn"\n',
    outcome: "edited",
    asked: ["a"],
    then({ host, create }) {
      const [missed] = entryOf(host, create)!.plugins;
      assert.deepEqual([missed!.name, missed!.selected], ["gone", false]);
    },
  },
  "an answer that is none of the edits there are is refused": {
    plugins: { a: { plan: () => ({ edits: [{ edit: "everything" }] }) as never } },
    outcome: "refused",
    code: "plugin-edit",
    asked: ["a"],
  },
  "a hook whose program others could write is refused": {
    plugins: {
      a: {
        plan: () => ({
          edits: [{
            edit: "hook",
            stage: "createRuntime",
            hook: { path: "/opt/h", args: ["h"], env: ["PATH=/bin"] },
          }],
        }),
      },
    },
    before: (host) => host.file("/opt/h", "", { mode: 0o777 }),
    outcome: "refused",
    code: "untrusted",
    asked: ["a"],
  },
  "a device of the network is refused where the runtime does not know of any": {
    plugins: { a: { plan: () => ({ edits: [{ edit: "netDevice", host: "eth1", name: "eth1" }] }) } },
    before: (host) => host.programs["/usr/bin/runc"] = () => ({ status: 1 }),
    outcome: "refused",
    code: "plugin-edit",
    asked: ["a"],
  },
  "handlers are called by hooks of our own, which name the journal entry": {
    plugins: { a: { plan: () => ({}), on: { poststop() {} } } },
    before: (host) => host.chmod("/p", 0o755),
    outcome: "edited",
    asked: ["a"],
    then({ host, create }) {
      const { poststop: [hook] } = JSON.parse(host.text(CONFIG)!).hooks;
      assert.equal(hook.path, "/p");
      assert.equal(hook.args.at(-1), `/run/container-hooks/journal/${create.token}.json`);
      assert.deepEqual(entryOf(host, create)!.dispatch!.log.file, LOG);
    },
  },
  "a bundle that others can write is refused where something was decided about it": {
    plugins: { a: env("B", "2") },
    before: (host) => host.chmod(BUNDLE, 0o777),
    outcome: "refused",
    code: "foreign-bundle",
    asked: ["a"],
  },
  "a bundle that others can write is none of ours where nothing is done to it": {
    plugins: { a: { plan: () => ({}) } },
    before: (host) => host.chmod(BUNDLE, 0o777),
    outcome: "unchanged",
    asked: ["a"],
  },
  "nobody is asked about a container whose engine is gone": {
    plugins: { a: env("B", "2") },
    before: (host) => host.parentIsGone = true,
    outcome: "refused",
    code: "parent-gone",
    asked: [],
  },
  "a container whose engine goes before it is written is not made": {
    plugins: { a: env("B", "2") },
    before: (host) =>
      host.fault = (call, path) => {
        if (call === "createNew" && path.includes("/journal/")) host.parentIsGone = true;
      },
    outcome: "refused",
    code: "parent-gone",
    asked: ["a"],
  },
  "where the journal's disk is full the container does not start, and config.json is as it was": {
    plugins: { a: env("B", "2") },
    before: (host) =>
      host.fault = (call, path) => {
        if (call === "createNew" && path.includes("/journal/")) full();
      },
    outcome: "refused",
    code: "file-unwritable",
    unrecorded: true,
    asked: ["a"],
  },
  "where the journal's disk is full and nothing is to be done the container starts": {
    plugins: { a: { plan: () => ({}) } },
    before: (host) =>
      host.fault = (call, path) => {
        if (call === "createNew" && path.includes("/journal/")) full();
      },
    outcome: "unchanged",
    unrecorded: true,
    asked: ["a"],
  },
  "where the bundle's disk is full the container does not start, and nothing is left beside config.json": {
    plugins: { a: env("B", "2") },
    before: (host) =>
      host.fault = (call, path) => {
        if (call === "write" && path.startsWith(BUNDLE)) full();
      },
    outcome: "refused",
    code: "file-unwritable",
    asked: ["a"],
  },
  "where the rename fails the container does not start, and nothing is left beside config.json": {
    plugins: { a: env("B", "2") },
    before: (host) =>
      host.fault = (call, path) => {
        if (call === "rename" && path.startsWith(BUNDLE)) full();
      },
    outcome: "refused",
    code: "file-unwritable",
    asked: ["a"],
  },
  "a config.json that is none is refused before anybody is asked": {
    plugins: { a: env("B", "2") },
    before: (host) => host.file(CONFIG, "[]"),
    outcome: "refused",
    code: "json-not-object",
    asked: [],
  },
};

for (const [name, wanted] of Object.entries(cases)) {
  Deno.test(name, async () => {
    const asked: string[] = [];
    const host = hostFor(Object.keys(wanted.plugins), wanted.config);
    wanted.before?.(host);
    const before = host.text(CONFIG)!;
    const ended = await planOn(host, programOf(noting(wanted.plugins, asked)));
    assert.equal(ended.refusal?.code, wanted.code, ended.refusal?.message ?? "it was not refused");
    assert.deepEqual(asked, wanted.asked);
    assert.equal(ended.result?.outcome ?? "refused", wanted.outcome);
    assert.equal(entryOf(host, ended.create)?.outcome, wanted.unrecorded ? undefined : wanted.outcome);
    if (wanted.outcome === "refused") assertNothingLeft(host, before);
    wanted.then?.({ ...ended, host });
  });
}

/** The same plugins, which note when they are asked. */
function noting(plugins: Record<string, Decided>, asked: string[]): Record<string, Decided> {
  return Object.fromEntries(
    Object.entries(plugins).map(([name, { plan, ...rest }]) => [name, {
      ...rest,
      plan(container, context) {
        asked.push(name);
        return plan!(container, context);
      },
    }]),
  );
}

/** Nothing is left of what was to be done. */
function assertNothingLeft(host: MemoryHost, before: string): void {
  assert.equal(host.text(CONFIG), before);
  assert.deepEqual(namesIn(host, BUNDLE), ["config.json"]);
  assert.deepEqual(namesIn(host, "/run/container-hooks/journal/written"), []);
  assert.deepEqual(namesIn(host, "/run/container-hooks/start"), []);
}

Deno.test("a second create of a bundle is shown the original, and its edits are made once", async () => {
  const shown: Container[] = [];
  const plugins: Record<string, Decided> = {
    a: {
      plan(container) {
        shown.push(container);
        return { edits: [setEnv("B", String(shown.length))] };
      },
    },
  };
  const host = hostFor(["a"]);
  const program = programOf(plugins);
  await planOn(host, program);
  const second = await planOn(host, program);
  assert.deepEqual({ ...shown[1]!.env }, { A: "1" });
  assert.match(host.text(CONFIG)!, /"env": \["A=1", ?"B=2"\]/);
  assert.equal(second.result?.outcome, "edited");
});

Deno.test("a second create that wants nothing takes the first one's edits back, to the byte", async () => {
  const host = hostFor(["a"]);
  await planOn(host, programOf({ a: env("B", "2") }));
  assert.notEqual(host.text(CONFIG), ORIGINAL);
  await planOn(host, programOf({ a: { plan: () => ({}) } }));
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("a plugin is told of a restore that it is one, and its edits are made", async () => {
  const host = hostFor(["a"]);
  let told: Container | undefined;
  const plan = (container: Container) => {
    told = container;
    return { edits: [setEnv("B", "2")] };
  };
  const { create } = await planOn(host, programOf({ a: { plan } }), { ...CALL, operation: "restore" });
  assert.equal(told!.operation, "restore");
  assert.equal(entryOf(host, create)!.container.operation, "restore");
  assert.match(host.text(CONFIG)!, /"B=2"/);
});

Deno.test("hooks stand in the order of the plugins that is configured, and by name where it is the same", async () => {
  const hook = (path: string): Decided => ({
    plan: () => ({
      edits: [{ edit: "hook", stage: "createRuntime", hook: { path, args: [path], env: ["PATH=/bin"] } }],
    }),
  });
  const host = hostFor(["a", "b", "c"], "[plugins.a]\norder = 900\n");
  for (const name of ["a", "b", "c"]) host.file(`/opt/${name}`, "", { mode: 0o755 });
  await planOn(host, programOf({ a: hook("/opt/a"), c: hook("/opt/c"), b: hook("/opt/b") }));
  const { createRuntime } = JSON.parse(host.text(CONFIG)!).hooks;
  assert.deepEqual(createRuntime.map(({ path }: { path: string }) => path), ["/opt/b", "/opt/c", "/opt/a"]);
});

Deno.test("a container that wants a handler at start is marked, and a later one of its id that does not is marked too", async () => {
  const host = hostFor(["a"]);
  host.chmod("/p", 0o755);
  const first = await planOn(host, programOf({ a: { plan: () => ({}), on: { start() {} } } }));
  assert.deepEqual(markedForStart(host, ["web"]), [first.create.token]);
  const second = await planOn(host, programOf({ a: { plan: () => ({}) } }));
  assert.deepEqual(markedForStart(host, ["web"]), [first.create.token, second.create.token].sort());
});

Deno.test("a create that waits for a slot is planned when the one before it has ended", async () => {
  const host = hostFor(["a"], "[container-hooks]\nconcurrency = 1\n");
  const order: string[] = [];
  const plan = async ({ id }: Container) => {
    order.push(id);
    // Without the slot, the second would be asked meanwhile.
    await pause(20);
    order.push(`${id} done`);
    return {};
  };
  const program = programOf({ a: { plan } });
  await Promise.all([planOn(host, program), planOn(host, program, { ...CALL, id: "db" })]);
  assert.deepEqual(order, ["web", "web done", "db", "db done"]);
});
