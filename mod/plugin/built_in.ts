/** Plugins that are part of the program. */
import type { Plugin } from "../api/plugin.ts";

/** A built-in plugin, as plugins/builtin.ts lists it. */
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

/** All built-in plugins, by name. */
export type BuiltIns = Readonly<Record<string, BuiltIn>>;
