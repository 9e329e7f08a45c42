import assert from "node:assert/strict";
import { definePlugin, setEnv } from "../../../mod/api/plugin.ts";
import { consider } from "../../../mod/plan/consider.ts";
import type { BuiltIn } from "../../../mod/plugin/built_in.ts";
import { BUNDLE, CONFIG, hostFor, ORIGINAL, planOn, programOf } from "./create_host.ts";

/** A plugin that must not be asked; `said` is its table in config.toml. */
async function considered(said: string, when?: Parameters<typeof definePlugin>[0]["when"]) {
  const plugin = definePlugin({
    api: 1,
    name: "a",
    version: "1.0.0",
    brief: "A test's",
    options: { count: { type: "integer", default: 3, brief: "how many" } },
    when,
    plan() {
      throw new Error("it was asked");
    },
  });
  const builtIn: BuiltIn = { load: () => Promise.resolve({ default: plugin }) };
  const host = hostFor([], said);
  return await consider(host, "a", builtIn, BUNDLE);
}

Deno.test("the container is the one that a create would show, with the options that it would give", async () => {
  const { container, options, whyNothing } = await considered("[plugins.a]\n");
  assert.deepEqual([container.id, container.operation, container.runtime], ["web", "create", "runc"]);
  assert.equal(container.env.A, "1");
  assert.deepEqual(options, { count: 3 });
  assert.equal(whyNothing, undefined);
});

const reasons: [string, RegExp][] = [
  ["", /^not asked: \S+ has no table \[plugins\.a\]$/],
  ['[plugins.a]\nmode = "off"\n', /^not asked: \[plugins\.a\] has mode = "off"$/],
  ['[plugins.a]\nmode = "audit"\n', /^asked, and nothing is done: \[plugins\.a\] has mode = "audit"$/],
  ['[plugins.a.when]\nengine = ["podman"]\n', /^not asked: engine/],
];

for (const [said, why] of reasons) {
  Deno.test(`why nothing would be done is said: ${JSON.stringify(said)}`, async () => {
    assert.match((await considered(said)).whyNothing ?? "", why);
  });
}

Deno.test("the plugin's own condition counts too", async () => {
  assert.match(
    (await considered("[plugins.a]\n", { engine: ["podman"] })).whyNothing ?? "",
    /^not asked: engine/,
  );
});

Deno.test("an option that is wrong is refused as at a create", async () => {
  await assert.rejects(considered('[plugins.a.options]\ncount = "many"\n'), { code: "config-option" });
});

Deno.test("nothing is written, and no index is made", async () => {
  const host = hostFor([], "[plugins.a]\n");
  const changing: string[] = [];
  host.fault = (call, path) => {
    if (["createNew", "append", "makeFolder", "rename", "remove", "write"].includes(call)) {
      changing.push(path);
    }
  };
  const plugin = definePlugin({ api: 1, name: "a", version: "1.0.0", brief: "A test's", plan: () => ({}) });
  await consider(host, "a", { load: () => Promise.resolve({ default: plugin }) }, BUNDLE);
  assert.deepEqual(changing, []);
});

Deno.test("a bundle that we have written is considered as it was before", async () => {
  const host = hostFor(["a"]);
  await planOn(host, programOf({ a: { plan: () => ({ edits: [setEnv("B", "2")] }) } }));
  assert.notEqual(host.text(CONFIG), ORIGINAL);
  const plugin = definePlugin({ api: 1, name: "a", version: "1.0.0", brief: "A test's", plan: () => ({}) });
  const { container } = await consider(
    host,
    "a",
    { load: () => Promise.resolve({ default: plugin }) },
    BUNDLE,
  );
  assert.deepEqual({ ...container.env }, { A: "1" });
});

Deno.test("who may not look into the journal is told so, and not of a defect", async () => {
  const host = hostFor([], "[plugins.a]\n");
  host.file(CONFIG, ORIGINAL, { mode: 0o644 });
  host.folder("/run/container-hooks/journal/written", { mode: 0o700 });
  host.folder("/run/container-hooks/journal", { mode: 0o700 });
  host.user = 1000;
  const plugin = definePlugin({ api: 1, name: "a", version: "1.0.0", brief: "A test's", plan: () => ({}) });
  const considering = consider(host, "a", { load: () => Promise.resolve({ default: plugin }) }, BUNDLE);
  await assert.rejects(considering, { code: "journal-unreadable" });
});
