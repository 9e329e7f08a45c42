/** Plugins that are part of the program. */
import type { Plugin } from "../api/plugin.ts";
import { lookAtThrown } from "../core/thrown.ts";
import type { OpenedPlugin } from "./load.ts";

/** One of them, as plugins/builtin.ts lists it. */
export interface BuiltIn {
  /** Loads its code. */
  // deno-lint-ignore no-explicit-any -- each has its own options; they are checked at run time
  load: () => Promise<{ default: Plugin<any> }>;
  /** Asked about every container, also where config.toml has no table for it. */
  unasked?: true;
  /** Options that config.toml holds outside of its table, as an older format has them. */
  olderOptions?: (settings: OlderSettings) => Record<string, unknown>;
}

/** What config.toml says of hooks outside of any plugin's table. */
export interface OlderSettings {
  /** Absolute. */
  hooksPath: string;
  /** True where a file names it, so that it has to exist. */
  hooksPathNamed: boolean;
}

/** All of them, by name. */
export type BuiltIns = Readonly<Record<string, BuiltIn>>;

/**
 * One of them, as those on the disk are opened. Its code has no lines that an administrator could mend.
 *
 * It is loaded at once: the portable form's modules cannot be read once permissions are dropped.
 */
export async function openBuiltIn({ load }: BuiltIn): Promise<OpenedPlugin> {
  const plugin = (await load()).default;
  return {
    load: () => Promise.resolve(plugin),
    explain: (thrown) => Promise.resolve({ message: lookAtThrown(thrown).message }),
  };
}
