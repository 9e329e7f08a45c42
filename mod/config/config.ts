/**
 * The administrator's configuration: config.toml, and the files of conf.d beside it.
 *
 * The files are merged key by key, those of conf.d in the order of their names; a later file's list takes
 * the place of an earlier one's. What no file sets has the default of docs/configuration.md.
 */
import type { Host } from "../host/host.ts";
import type { LogSettings } from "../host/own_log.ts";
import { decodeToml, parseConfigFile } from "./parse.ts";
import { type KeyPath, lineOf, type Place } from "./place.ts";
import { isTable, type Table } from "./rules.ts";
import { type ConfigFile, levelOf, type PluginTable } from "./schema.ts";
import { configPath, type ConfigSource, readSource, readSources } from "./sources.ts";
import { USUAL_RUNTIMES } from "./usual_runtimes.ts";

export { configPath, type ConfigSource };

/** The administrator's policy for one plugin. */
export interface PluginPolicy {
  /** "audit" asks the plugin and records what it would do; "off" does not ask it. */
  mode: "enforce" | "audit" | "off";
  /** What a plugin that fails does to the container: it does not start, or starts without the edits. */
  onError: "fail" | "warn";
  /** Seconds for one call of the plugin. */
  timeout: number;
  isolation: "process" | "worker";
  /** Lower first; equal ones by name. */
  order: number;
  /** Narrows the plugin's own. */
  when?: PluginTable["when"];
  /** Of a gate: false keeps it when `bypass` is on. */
  bypassable: boolean;
  /** As written; `checkOptions` gives those that the plugin sees. */
  options: Record<string, unknown>;
}

/** The whole configuration, every default filled in. It can be kept as JSON. */
export interface Config {
  /** config.toml, whether or not it is there. */
  path: string;
  hooksPath: string;
  /** True where a file names hooksPath, so that it has to exist. */
  hooksPathNamed: boolean;
  pluginDirs: string[];
  /** Seconds for the whole of a create. */
  deadline: number;
  /** Plans at once; 0: four. */
  concurrency: number;
  /** An empty `file`: nothing is logged. */
  log: LogSettings;
  /** The first that is found is used; each a name to look up on PATH, or an absolute path. */
  runtimes: string[];
  /** Policies that a file sets something of; {@linkcode policyOf} has one for every plugin. */
  plugins: Record<string, PluginPolicy>;
  /** The older toolkit's key; nothing of ours uses it. */
  ctkPath?: string;
  /**
   * config.toml, the folder conf.d and its files. While none of them changes and {@linkcode configPath} stays
   * the same, neither does the configuration.
   */
  sources: ConfigSource[];
}

/**
 * Reads the configuration.
 *
 * Without config.toml, all of it has its defaults or what conf.d says, unless CONTAINER_HOOKS_CONFIG names
 * the missing file.
 *
 * @throws {Failure} config-place, config-syntax, config-unknown-key, config-value, when, untrusted, and the
 * file-* of reading
 */
export async function readConfig(host: Host, path: string = configPath(host)): Promise<Config> {
  const sources: ConfigSource[] = [];
  let merged: Table = {};
  for (const { file, bytes } of readSources(host, path, sources)) {
    merged = merge(merged, await parseConfigFile(file, bytes) as Table);
  }
  return settle(path, merged as ConfigFile, sources);
}

/** Tables key by key, whatever else as a whole. Checked before, so it is nowhere deeper than the schema. */
function merge(earlier: Table, later: Table): Table {
  const pairs = Object.entries(later).map(([key, value]) => {
    const before = Object.hasOwn(earlier, key) ? earlier[key] : undefined;
    return [key, isTable(value) ? merge(isTable(before) ? before : {}, value) : value] as const;
  });
  // Not by assignment, which takes "__proto__" for something else than a key.
  return Object.fromEntries([...Object.entries(earlier), ...pairs]);
}

function settle(path: string, file: ConfigFile, sources: ConfigSource[]): Config {
  const general = file["container-hooks"] ?? {};
  const runtime = file["container-hooks-runtime"] ?? {};
  return {
    path,
    hooksPath: general.path ?? "/etc/container-hooks/hooks.json",
    hooksPathNamed: general.path !== undefined,
    pluginDirs: general["plugin-dirs"] ?? ["/etc/container-hooks/plugins"],
    deadline: general.deadline ?? 60,
    concurrency: general.concurrency ?? 0,
    log: {
      file: runtime.debug ?? "/var/log/container-hooks-runtime.log",
      level: levelOf(runtime["log-level"] ?? "info")!,
      format: runtime["log-format"] ?? "text",
    },
    runtimes: runtime.runtimes ?? [...USUAL_RUNTIMES],
    plugins: Object.fromEntries(
      Object.entries(file.plugins ?? {}).map(([name, table]) => [name, policyFrom(table)]),
    ),
    ctkPath: file["container-hooks-ctk"]?.path,
    sources,
  };
}

function policyFrom(table: PluginTable): PluginPolicy {
  return {
    mode: table.mode ?? "enforce",
    onError: table["on-error"] ?? "fail",
    timeout: table.timeout ?? 10,
    isolation: table.isolation ?? "process",
    order: table.order ?? 0,
    // A table whose lines are all commented out narrows nothing; `when` itself would take it for "never".
    when: Object.keys(table.when ?? {}).length > 0 ? table.when : undefined,
    bypassable: table.bypassable ?? true,
    options: table.options ?? {},
  };
}

/** The policy for a plugin; the defaults where no file says anything of it. */
export function policyOf(config: Config, plugin: string): PluginPolicy {
  return Object.hasOwn(config.plugins, plugin) ? config.plugins[plugin]! : policyFrom({});
}

/**
 * Which line set a key: that of the last file that mentions it. Undefined where none does, so where the key
 * has its default.
 *
 * The files are read anew, so that a configuration need not carry its texts.
 *
 * @example
 * ```ts ignore
 * await placeOf(host, config.sources, ["plugins", "audit", "mode"]);
 * // { file: "/etc/container-hooks/conf.d/20-audit.toml", line: 3 }
 * ```
 */
export async function placeOf(
  host: Host,
  sources: readonly ConfigSource[],
  key: KeyPath,
): Promise<Place | undefined> {
  const files = sources.filter(({ status }) => status?.kind === "a regular file").map(({ path }) => path);
  for (const file of files.toReversed()) {
    const line = await lineOf(decodeToml(file, readSource(host, file)), key);
    if (line !== undefined) return { file, line };
  }
}
