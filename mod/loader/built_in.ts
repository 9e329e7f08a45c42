/** Plugins that are part of the program. */
import type { Plugin } from "../api/plugin.ts";
import type { OpenedPlugin } from "./load.ts";

/** Their loaders, by name. */
// deno-lint-ignore no-explicit-any -- each has its own options; they are checked at run time
export type PluginTable = Record<string, () => Promise<{ default: Plugin<any> }>>;

/**
 * One of them, as those on the disk are opened. Its code has no lines that an administrator could mend.
 *
 * It is loaded at once: the portable form's modules cannot be read once permissions are dropped.
 */
export async function openBuiltIn(load: PluginTable[string]): Promise<OpenedPlugin> {
  const plugin = (await load()).default;
  return {
    load: () => Promise.resolve(plugin),
    explain: (thrown) => Promise.resolve({ message: thrown instanceof Error ? thrown.message : `${thrown}` }),
  };
}
