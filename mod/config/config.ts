/**
 * The administrator's configuration: config.toml, and the files of conf.d beside it.
 *
 * The files are merged key by key, those of conf.d in the order of their names; a later file's list takes
 * the place of an earlier one's. What no file sets has the default of docs/configuration.md.
 */
import type { Host } from "../host/host.ts";
import { type Key, type ValuesOf, valuesOf } from "./key.ts";
import { KEYS, POLICY_KEYS } from "./keys.ts";
import { decodeToml, parseConfigFile } from "./parse.ts";
import { type KeyPath, lineOf, type WhereSet } from "./where_set.ts";
import { isTable, type Table } from "./rules.ts";
import { configPath, type ConfigSource, readSource, readSources } from "./sources.ts";

export { configPath, type ConfigSource };

/** The administrator's policy for one plugin. */
export type PluginPolicy = ValuesOf<typeof POLICY_KEYS>;

/** The whole configuration, every default filled in. It can be kept as JSON. */
export interface Config extends ValuesOf<typeof KEYS> {
  /** config.toml, whether or not it is there. */
  path: string;
  /** True where a file names hooksPath, so that it has to exist. */
  hooksPathNamed: boolean;
  /** Policies that a file sets something of; {@linkcode policyOf} has one for every plugin. */
  plugins: Record<string, PluginPolicy>;
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
export async function readConfig(host: Host): Promise<Config> {
  const path = configPath(host);
  const sources: ConfigSource[] = [];
  let merged: Table = {};
  for (const { file, bytes } of readSources(host, path, sources)) {
    merged = merge(merged, await parseConfigFile(file, bytes));
  }
  return settle(path, merged, sources);
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

function settle(path: string, file: Table, sources: ConfigSource[]): Config {
  const plugins = Object.entries(file.plugins ?? {}).map(([name, table]) => [name, policyFrom(table)]);
  return {
    ...valuesOf(KEYS, (key) => valueIn(tableAt(file, key.section), key)),
    path,
    hooksPathNamed: tableAt(file, KEYS.hooksPath.section)[KEYS.hooksPath.name] !== undefined,
    plugins: Object.fromEntries(plugins),
    sources,
  };
}

function policyFrom(table: Table): PluginPolicy {
  return valuesOf(POLICY_KEYS, (key) => valueIn(table, key));
}

function tableAt(file: Table, section: string): Table {
  return file[section] as Table | undefined ?? {};
}

function valueIn(table: Table, key: Key<unknown>): unknown {
  const written = table[key.name];
  return written === undefined ? key.default : key.takes.read(written);
}

/** Gets the policy for a plugin; the defaults where no file says anything of it. */
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
 * await whereSet(host, config.sources, ["plugins", "audit", "mode"]);
 * // { file: "/etc/container-hooks/conf.d/20-audit.toml", line: 3 }
 * ```
 */
export async function whereSet(
  host: Host,
  sources: readonly ConfigSource[],
  key: KeyPath,
): Promise<WhereSet | undefined> {
  const files = sources.filter(({ status }) => status?.kind === "a regular file").map(({ path }) => path);
  for (const file of files.toReversed()) {
    const line = await lineOf(decodeToml(file, readSource(host, file)), key);
    if (line !== undefined) return { file, line };
  }
}
