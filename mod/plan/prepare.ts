/** From the configuration to the plugins of a create. */
import type { Plugin } from "../api/plugin.ts";
import { checkManifest } from "../core/manifest.ts";
import { type Config, placeOf, policyOf } from "../config/config.ts";
import { checkOptions } from "../config/options.ts";
import type { Host } from "../host/host.ts";
import { HANDLER_STAGES, type PlannedPlugin } from "./planned_plugin.ts";

/** Loaders of the plugins that are part of the program. */
// deno-lint-ignore no-explicit-any -- each has its own options; they are checked at run time
export type PluginTable = Record<string, () => Promise<{ default: Plugin<any> }>>;

/** The built-in plugins that are switched on, each with its policy and checked options. */
export async function preparePlugins(host: Host, config: Config, builtin: PluginTable): Promise<PlannedPlugin[]> {
  const prepared: PlannedPlugin[] = [];
  for (const [name, load] of Object.entries(builtin)) {
    const policy = policyOf(config, name);
    if (policy.mode === "off") continue;
    const plugin = (await load()).default;
    const { plan: _plan, on: _on, ...data } = plugin;
    const manifest = checkManifest(data, name);
    const given = { ...defaultsFrom(config, name), ...policy.options };
    prepared.push({
      manifest,
      mode: policy.mode,
      onError: policy.onError,
      timeout: policy.timeout * 1000,
      order: policy.order,
      when: policy.when,
      options: await checkOptions(name, manifest.options ?? {}, given, (key) => placeOf(host, config.sources, key)),
      handlers: HANDLER_STAGES.filter((stage) => plugin.on?.[stage] !== undefined),
      isolation: policy.isolation,
      open: () => Promise.resolve({ load: () => Promise.resolve(plugin), explain: explainBuiltin }),
    });
  }
  return prepared;
}

/** The program's own code has no lines that an administrator could mend. */
function explainBuiltin(thrown: unknown): Promise<{ message: string }> {
  return Promise.resolve({ message: thrown instanceof Error ? thrown.message : String(thrown) });
}

/** The older toolkit names the hooks file outside of any plugin's table. */
function defaultsFrom(config: Config, name: string): Record<string, unknown> {
  return name === "hooks-json" ? { path: config.hooksPath, required: config.hooksPathNamed } : {};
}
