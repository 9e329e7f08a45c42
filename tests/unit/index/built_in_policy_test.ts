import assert from "node:assert/strict";
import { definePlugin } from "../../../mod/api/plugin.ts";
import { checkPlugins } from "../../../mod/doctor/plugins.ts";
import type { BuiltIns } from "../../../mod/plugin/built_in.ts";
import { openIndex } from "../../../mod/index/open_index.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

/** Built-in plugins, and the names of those that were loaded. */
function builtIn(): { table: BuiltIns; loaded: string[] } {
  const loaded: string[] = [];
  const one = (name: string) => () => {
    loaded.push(name);
    const plugin = definePlugin({
      api: 1,
      name,
      version: "1.0.0",
      brief: "Does nothing",
      plan() {},
    });
    return Promise.resolve({ default: plugin });
  };
  return {
    table: { "hooks-json": { load: one("hooks-json"), unasked: true }, views: { load: one("views") } },
    loaded,
  };
}

function hostWith(config: string): MemoryHost {
  const host = new MemoryHost();
  host.file("/p", "program");
  host.file("/etc/container-hooks/config.toml", config);
  return host;
}

Deno.test("a built-in plugin that config.toml has no table for is off and not even loaded", async () => {
  const { table, loaded } = builtIn();
  const { plugins } = await openIndex(hostWith(""), programWith({ builtin: table }));
  assert.deepEqual(plugins.map(({ name, state }) => [name, state]), [["hooks-json", "ready"], [
    "views",
    "off",
  ]]);
  assert.deepEqual(loaded, ["hooks-json"]);
});

Deno.test("an empty table switches it on", async () => {
  const { plugins } = await openIndex(
    hostWith("[plugins.views]\n"),
    programWith({ builtin: builtIn().table }),
  );
  assert.deepEqual(plugins.map(({ state }) => state), ["ready", "ready"]);
});

Deno.test("doctor took a built-in plugin that nobody had asked for as enforced", async () => {
  const [finding] = await checkPlugins(hostWith(""), programWith({ builtin: builtIn().table }));
  assert.equal(finding!.what, "enforce: hooks-json; off: views");
});

Deno.test("what an older format says elsewhere reaches a built-in plugin, and its own table wins", async () => {
  const plugin = definePlugin({
    api: 1,
    name: "older",
    version: "1.0.0",
    brief: "Reads a file",
    options: { path: { type: "string", brief: "a file" }, required: { type: "boolean", brief: "or not" } },
    plan() {},
  });
  const table: BuiltIns = {
    older: {
      load: () => Promise.resolve({ default: plugin }),
      olderOptions: ({ hooksPath, hooksPathNamed }) => ({ path: hooksPath, required: hooksPathNamed }),
    },
  };
  const config = '[container-hooks]\npath = "/x.json"\n[plugins.older.options]\nrequired = false\n';
  const { plugins: [older] } = await openIndex(hostWith(config), programWith({ builtin: table }));
  assert.deepEqual(older?.state === "ready" && older.options, { path: "/x.json", required: false });
});
