/** The configuration as a list of keys, each with its value and where it was set. */
import { type Config, policyOf, whereSet } from "./config.ts";
import { pairsOf } from "./key.ts";
import { KEYS, POLICY_KEYS } from "./keys.ts";
import type { KeyPath, WhereSet } from "./where_set.ts";
import { isTable } from "./rules.ts";
import type { Host } from "../host/host.ts";

/** One key of the merged configuration. */
export interface Setting {
  key: KeyPath;
  /** What holds: a text, a number, true or false, a list. */
  value: unknown;
  /** The file and line that set it; absent where it has its default. */
  place?: WhereSet;
}

/**
 * Lists every key that has a value, defaults included; of plugins' keys, those that a file sets.
 *
 * @param plugins Names of further plugins, whose policies are all defaults.
 * @throws {Failure} those of `whereSet`
 */
export async function listSettings(
  host: Host,
  config: Config,
  plugins: readonly string[] = [],
): Promise<Setting[]> {
  const named = [...new Set([...Object.keys(config.plugins), ...plugins])].sort();
  const settings: Setting[] = [
    ...pairsOf(KEYS, config).flatMap(([{ section, name }, value]) => flatten([section, name], value)),
    ...named.flatMap((plugin) =>
      pairsOf(POLICY_KEYS, policyOf(config, plugin)).flatMap(([{ name }, value]) =>
        flatten(["plugins", plugin, name], value)
      )
    ),
  ].filter(({ value }) => value !== undefined);
  for (const setting of settings) setting.place = await whereSet(host, config.sources, setting.key);
  return settings;
}

/** A value, or those in a table and in the tables inside it. */
function flatten(key: KeyPath, value: unknown): Setting[] {
  if (!isTable(value)) return [{ key, value }];
  return Object.entries(value).flatMap(([name, inner]) => flatten([...key, name], inner));
}
