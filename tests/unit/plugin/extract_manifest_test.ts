import assert from "node:assert/strict";
import { extractManifest } from "../../../mod/plugin/extract_manifest.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

Deno.test("the child that runs a plugin's top level had Deno's cache in the user's home", async () => {
  const host = new MemoryHost();
  host.variables = { HOME: "/root", SECRET: "an engine's" };
  let given: Record<string, string> = {};
  host.programs["/opt/deno"] = ({ env }) => {
    given = env;
    return {
      stdout: new TextEncoder().encode('\n{"description":{"manifest":{},"plan":true,"stages":[]}}\n'),
    };
  };
  const program = programWith({ again: { path: "/opt/deno", args: [], env: { DENO_DIR: "/opt/cache" } } });
  await extractManifest(host, program, { folder: "/c", root: "/p", entry: "a.ts" }, {}, 1000);
  assert.deepEqual(given, { DENO_DIR: "/opt/cache", NO_COLOR: "1" });
});
