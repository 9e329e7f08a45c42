import assert from "node:assert/strict";
import { readConfig } from "../../../mod/config/config.ts";
import { DEFAULT_CONFIG } from "../../../mod/config/default_text.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/etc/container-hooks/config.toml";

async function configOf(text: string): Promise<Record<string, unknown>> {
  const host = new MemoryHost();
  host.file(PATH, text);
  const { sources: _, hooksPathNamed: __, plugins, ...config } = await readConfig(host);
  return { ...config, plugins };
}

Deno.test("the installed config.toml sets nothing", async () => {
  assert.deepEqual(await configOf(DEFAULT_CONFIG), await configOf(""));
});

Deno.test("every line of it shows the default that holds without it", async () => {
  const [general] = DEFAULT_CONFIG.split("#[plugins.NAME]");
  assert.deepEqual(await configOf(general!.replace(/^#(?=[a-z-]+ = )/gm, "")), await configOf(""));
  const all = DEFAULT_CONFIG.replace(/^#(?=[a-z-]+ = |\[)/gm, "").replaceAll("NAME", "name");
  const { plugins } = await configOf(all) as { plugins: Record<string, Record<string, unknown>> };
  const { when: _, ...policy } = plugins.name!;
  const defaults = (await configOf("[plugins.name]\n")).plugins as typeof plugins;
  assert.deepEqual({ ...policy, when: undefined }, { ...defaults.name });
});
