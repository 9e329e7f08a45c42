import assert from "node:assert/strict";
import { definePlugin } from "../../../mod/api/plugin.ts";
import { checkPlugins } from "../../../mod/doctor/plugins.ts";
import type { PluginTable } from "../../../mod/loader/built_in.ts";
import { openIndex } from "../../../mod/plan/index.ts";
import { MemoryHost } from "../memory_host.ts";

const PROGRAM = { path: "/p", args: [], file: "/p" };

/** Built-in plugins, and the names of those that were loaded. */
function builtIn(): { table: PluginTable; loaded: string[] } {
  const loaded: string[] = [];
  const one = (name: string) => () => {
    loaded.push(name);
    const plugin = definePlugin({
      api: 1,
      name,
      version: "1.0.0",
      brief: "Does nothing",
      // The older toolkit's keys are handed to this one as options.
      options: { path: { type: "string", brief: "a file" }, required: { type: "boolean", brief: "or not" } },
      plan() {},
    });
    return Promise.resolve({ default: plugin });
  };
  return { table: { "hooks-json": one("hooks-json"), views: one("views") }, loaded };
}

function hostWith(config: string): MemoryHost {
  const host = new MemoryHost();
  host.file("/p", "program");
  host.file("/etc/container-hooks/config.toml", config);
  return host;
}

Deno.test("a built-in plugin that config.toml has no table for is off and not even loaded", async () => {
  const { table, loaded } = builtIn();
  const { plugins } = await openIndex(hostWith(""), PROGRAM, table);
  assert.deepEqual(plugins.map(({ name, state }) => [name, state]), [["hooks-json", "ready"], [
    "views",
    "off",
  ]]);
  assert.deepEqual(loaded, ["hooks-json"]);
});

Deno.test("an empty table switches it on", async () => {
  const { plugins } = await openIndex(hostWith("[plugins.views]\n"), PROGRAM, builtIn().table);
  assert.deepEqual(plugins.map(({ state }) => state), ["ready", "ready"]);
});

Deno.test("doctor took a built-in plugin that nobody had asked for as enforced", async () => {
  const [finding] = await checkPlugins(hostWith(""), { program: PROGRAM, builtin: builtIn().table });
  assert.equal(finding!.what, "enforce: hooks-json; off: views");
});
