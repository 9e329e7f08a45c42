import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { openIndex } from "../../../mod/index/open_index.ts";
import type { PlanResult } from "../../../mod/plan/create.ts";
import { switchBypassOn } from "../../../mod/state/bypass.ts";
import { listEntries } from "../../../mod/state/journal.ts";
import { type Around, beforeCreate } from "../../../mod/wrapper/before_create.ts";
import { readCall, type RuntimeCall } from "../../../mod/wrapper/runtime_call.ts";
import type { MemoryHost } from "../memory_host.ts";
import {
  BUNDLE,
  CONFIG,
  type Decided,
  entryOf,
  hostFor,
  LOG,
  ORIGINAL,
  programOf,
  RUNTIME,
} from "../plan/create_host.ts";

const EDITING: Decided = { plan: () => ({ edits: [setEnv("B", "2")] }) };
const DENYING: Decided = { gate: true, plan: () => ({ deny: ["not here"] }) };

async function callOf(host: MemoryHost, ...argv: string[]): Promise<RuntimeCall> {
  return (await readCall(host, RUNTIME, argv))!;
}

/** Does what comes before a create of container web, with those plugins. */
async function before(
  host: MemoryHost,
  plugins: Record<string, Decided>,
  argv = ["create", "--bundle", BUNDLE, "web"],
  around: Around = {},
): Promise<PlanResult> {
  return await beforeCreate(host, programOf(plugins), await callOf(host, ...argv), around);
}

/** Notes who is asked. */
function notingIn(list: unknown[]): Around["asking"] {
  return (plugin) => {
    list.push(plugin);
    return { [Symbol.dispose]() {} };
  };
}

Deno.test("a container is planned, and whoever asked is told the journal entry", async () => {
  const host = hostFor(["a"]);
  const { outcome, token } = await before(host, { a: EDITING });
  assert.equal(outcome, "edited");
  assert.equal(entryOf(host, { token: token! })!.container.bundle, BUNDLE);
  assert.match(host.text(CONFIG)!, /"B=2"/);
  assert.match(host.text(LOG)!, /level=info msg="config.json edited" container="web" operation="create"/);
});

Deno.test("without --bundle it is the current folder, and links in its path are resolved", async () => {
  const host = hostFor(["a"]);
  host.cwd = () => "/link";
  host.symlink("/link", BUNDLE);
  const { token } = await before(host, { a: EDITING }, ["create", "web"]);
  const { container, config } = entryOf(host, { token: token! })!;
  assert.deepEqual([container.bundle, config.path], [BUNDLE, CONFIG]);
});

Deno.test("who is asked is told", async () => {
  const host = hostFor(["a"]);
  const told: unknown[] = [];
  await before(host, { a: EDITING }, undefined, { asking: notingIn(told) });
  assert.deepEqual(told, ["a"]);
});

const refusals: Record<string, { argv?: string[]; put?: (host: MemoryHost) => void; message: RegExp }> = {
  "a denial": { message: /^cannot start container web: plugin z .*not here/ },
  "a bundle that is not there": {
    argv: ["create", "--bundle", "/gone", "web"],
    message: /\/gone does not exist/,
  },
  "a bundle that is a file": { argv: ["create", "--bundle", CONFIG, "web"], message: /is not a folder/ },
  "a bundle without config.json": { put: (host) => host.remove(CONFIG), message: /has no config\.json/ },
  "a configuration that is broken": {
    put: (host) => host.file("/etc/container-hooks/config.toml", "= 1"),
    message: /config\.toml:1/,
  },
};

for (const [name, { argv, put, message }] of Object.entries(refusals)) {
  Deno.test(`a container that must not start names itself, and is on record once: ${name}`, async () => {
    const host = hostFor(["z"]);
    put?.(host);
    await assert.rejects(before(host, { z: DENYING }, argv), { code: "cannot-start", message });
    const entries = listEntries(host);
    assert.deepEqual(entries.map(({ outcome, container }) => [outcome, container.id]), [["refused", "web"]]);
  });
}

Deno.test("an id that no runtime takes is refused, and never part of anything that is written", async () => {
  const host = hostFor(["a"]);
  const argv = ["create", "--bundle", BUNDLE, "../web"];
  await assert.rejects(before(host, { a: EDITING }, argv), { message: /\.\.\/web/ });
  assert.deepEqual(listEntries(host), []);
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("what was planned further up the chain is not planned again", async () => {
  const host = hostFor(["a"]);
  const { token } = await before(host, { a: EDITING });
  const planned = host.text(CONFIG);
  host.variables["CONTAINER_HOOKS_CHAIN"] = `1:${token}`;
  assert.deepEqual(await before(host, { a: { plan: () => ({}) } }), { outcome: "unchanged" });
  assert.equal(host.text(CONFIG), planned);
});

Deno.test("options of the older toolkit are warned of", async () => {
  const host = hostFor([]);
  await before(host, {}, ["--hook-spec", "/h.json", "create", "--bundle", BUNDLE, "web"]);
  assert.match(host.text(LOG)!, /level=warning msg="--hook-spec and --add-hook are not followed yet/);
});

Deno.test("while the bypass is on nobody is asked, and that a container went by us was not on record", async () => {
  const host = hostFor(["a", "z"]);
  switchBypassOn(host);
  assert.deepEqual(await before(host, { a: EDITING, z: DENYING }), { outcome: "unchanged" });
  const [entry] = listEntries(host);
  assert.deepEqual([entry!.outcome, entry!.bypass, entry!.container.id, entry!.plugins], [
    "bypassed",
    true,
    "web",
    [],
  ]);
  assert.match(host.text(LOG)!, /level=warning msg="bypass is on until it is switched off/);
});

Deno.test("the bypass lets a container start where the configuration is broken", async () => {
  const host = hostFor([]);
  host.file("/etc/container-hooks/config.toml", "= 1");
  switchBypassOn(host);
  assert.deepEqual(await before(host, {}), { outcome: "unchanged" });
});

const STANDING = "[plugins.z]\nbypassable = false\n";

Deno.test("a gate that is not bypassable denies while the bypass is on, and nobody else is asked", async () => {
  const host = hostFor(["a"], STANDING);
  switchBypassOn(host);
  const asked: unknown[] = [];
  const doing = before(host, { a: EDITING, z: DENYING }, undefined, { asking: notingIn(asked) });
  await assert.rejects(doing, { message: /not here/ });
  assert.deepEqual(asked, ["z"]);
});

Deno.test("such a gate stands by the last index where the configuration is broken since", async () => {
  const host = hostFor(["a"], STANDING);
  await openIndex(host, programOf({ a: EDITING, z: DENYING }));
  host.time += 10_000;
  host.file("/etc/container-hooks/config.toml", "= 1");
  switchBypassOn(host);
  await assert.rejects(before(host, { a: EDITING, z: DENYING }), { message: /not here/ });
});

Deno.test("such a gate that cannot be used was left out without a word while the bypass was on", async () => {
  for (const [policy, starts] of [["", false], ['on-error = "warn"\n', true]] as const) {
    for (const bypass of [false, true]) {
      const host = hostFor([], `${STANDING}${policy}`);
      if (bypass) switchBypassOn(host);
      const what = `${policy}, the bypass is ${bypass ? "on" : "off"}`;
      if (!starts) {
        await assert.rejects(before(host, {}), { message: /plugin z/ }, what);
        continue;
      }
      assert.equal((await before(host, {})).outcome, "unchanged", what);
      assert.match(host.text(LOG)!, /level=warning msg="[^\n]*plugin z[^\n]*" container="web"/, what);
      assert.deepEqual(
        listEntries(host).map(({ outcome }) => outcome),
        [bypass ? "bypassed" : "unchanged"],
        what,
      );
    }
  }
});

Deno.test("a gate that cannot be used, and may fail, is told of beside one that stands", async () => {
  const host = hostFor([], `${STANDING}[plugins.gone]\nbypassable = false\non-error = "warn"\n`);
  switchBypassOn(host);
  await assert.rejects(before(host, { z: DENYING }), { message: /not here/ });
  assert.match(host.text(LOG)!, /level=warning msg="[^\n]*plugin gone/);
  const [entry] = listEntries(host);
  assert.deepEqual(entry!.plugins.map(({ name }) => name).sort(), ["gone", "z"]);
});

Deno.test("a create has one limit, and who had answered by then is on record", async () => {
  const host = hostFor(["a", "b"], "[container-hooks]\ndeadline = 1\n");
  const slow: Decided = { plan: () => new Promise<never>(() => {}) };
  await assert.rejects(before(host, { a: EDITING, b: slow }), { message: /1 s/ });
  const [entry] = listEntries(host);
  assert.deepEqual([entry!.outcome, entry!.plugins.map(({ name }) => name)], ["refused", ["a"]]);
});

const TRAIL = "/var/log/audit.jsonl";

/** The audit trail of a create on a host that names one, without times. */
async function trail(plugins: Record<string, Decided>, prepare: (host: MemoryHost) => void = () => {}) {
  const host = hostFor(Object.keys(plugins), `[container-hooks]\naudit-log = "${TRAIL}"\n`);
  await openIndex(host, programOf(plugins));
  prepare(host);
  await before(host, plugins).catch(() => {});
  return (host.text(TRAIL) ?? "").split("\n").filter((line) => line !== "").map((line) => {
    const { event, container, plugins, plugin, rule, edits } = JSON.parse(line);
    return { event, container, plugins, plugin, rule, edits };
  });
}

Deno.test("the audit trail says who was allowed, refused by whom and by which rule, and let pass", async () => {
  const same = { container: "web", plugin: undefined, rule: undefined, edits: undefined };
  assert.deepEqual(await trail({ a: EDITING }), [{ ...same, event: "allowed", plugins: ["a"], edits: 1 }]);
  assert.deepEqual(await trail({ a: EDITING, z: DENYING }), [
    { ...same, event: "refused", plugins: ["z"], plugin: "z", rule: "denied" },
  ]);
  assert.deepEqual(await trail({ a: EDITING }, (host) => switchBypassOn(host)), [
    { ...same, event: "bypassed", plugins: [] },
  ]);
});

Deno.test("where the configuration is broken, the trail is where the last one said", async () => {
  const break_ = (host: MemoryHost) => {
    host.time += 10_000;
    host.file("/etc/container-hooks/config.toml", "= 1");
  };
  const [event] = await trail({ a: EDITING }, break_);
  assert.deepEqual([event!.event, event!.rule], ["refused", "config-syntax"]);
});
