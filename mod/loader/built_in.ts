/** Plugins that are part of the program. */
import type { Plugin } from "../api/plugin.ts";
import type { OpenedPlugin } from "./load.ts";

/** Their loaders, by name. */
// deno-lint-ignore no-explicit-any -- each has its own options; they are checked at run time
export type PluginTable = Record<string, () => Promise<{ default: Plugin<any> }>>;

/** One of them, as those on the disk are opened. Its code has no lines that an administrator could mend. */
export function openBuiltIn(load: PluginTable[string]): OpenedPlugin {
  return {
    load: async () => (await load()).default,
    explain: (thrown) => Promise.resolve({ message: thrown instanceof Error ? thrown.message : `${thrown}` }),
  };
}
