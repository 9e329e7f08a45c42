/** What the index holds: the configuration, and each plugin as far as it can be used. */
import type { Config } from "../config/config.ts";
import { type Code, Failure } from "../errors.ts";
import type { PreparedPlugin } from "../plugin/prepare.ts";
import type { SeenPath } from "../plugin/sources.ts";

/** The format of the index file; a file of another format is made anew. */
export const INDEX_FORMAT = 4;

/** What was made of the configuration and the plugins. */
export interface Index {
  format: typeof INDEX_FORMAT;
  /** The version of the program that wrote it; another version does not read it. */
  version: string;
  /** When the making began; milliseconds since 1970. */
  builtAt: number;
  /** When it ended, by the host's uptime. */
  doneAt: number;
  /** Milliseconds: a plugin that took all the time there was must not be looked at again at once. */
  took: number;
  config: Config;
  /** Every plugin, by name. */
  plugins: IndexedPlugin[];
  /** What the configuration and the list of plugins were made from. */
  sources: SeenPath[];
}

/** A plugin of the index. */
export type IndexedPlugin = ReadyPlugin | BrokenPlugin | OffPlugin;

interface NamedPlugin {
  name: string;
  /** The author's file; absent where it is part of the program or was not found. */
  file?: string;
  /** What the plugin was made from. */
  sources: SeenPath[];
}

/** One that can be asked. */
export interface ReadyPlugin extends NamedPlugin, PreparedPlugin {
  state: "ready";
  /** Checked against the manifest, defaults filled in. */
  options: Record<string, unknown>;
}

/** One that cannot be used; its policy says whether a container starts without it. */
export interface BrokenPlugin extends NamedPlugin {
  state: "broken";
  error: { code: Code; what: string; remedy: string };
}

/** One with `mode = "off"`, which is not even read. */
export interface OffPlugin extends NamedPlugin {
  state: "off";
}

/** What is wrong with a broken plugin, to be thrown. */
export function brokenFailure({ error }: BrokenPlugin): Failure {
  return new Failure(error.code, error);
}
