/** The configuration as a list of keys, each with its value and where it was set. */
import { type Config, placeOf, policyOf } from "./config.ts";
import type { KeyPath, Place } from "./place.ts";
import { isTable } from "./rules.ts";
import type { Host } from "../host/host.ts";

/** One key of the merged configuration. */
export interface Setting {
  key: KeyPath;
  /** What holds: a text, a number, true or false, a list. */
  value: unknown;
  /** Where it was set; absent where it has its default. */
  place?: Place;
}

/** Each key outside of the plugins' tables, with what a configuration has for it. */
const GENERAL: readonly (readonly [section: string, key: string, value: (config: Config) => unknown])[] = [
  ["container-hooks", "path", ({ hooksPath }) => hooksPath],
  ["container-hooks", "plugin-dirs", ({ pluginDirs }) => pluginDirs],
  ["container-hooks", "deadline", ({ deadline }) => deadline],
  ["container-hooks", "concurrency", ({ concurrency }) => concurrency],
  ["container-hooks-ctk", "path", ({ ctkPath }) => ctkPath],
  ["container-hooks-runtime", "debug", ({ log }) => log.file],
  ["container-hooks-runtime", "log-level", ({ log }) => log.level],
  ["container-hooks-runtime", "log-format", ({ log }) => log.format],
  ["container-hooks-runtime", "runtimes", ({ runtimes }) => runtimes],
];

/**
 * Every key that has a value, defaults included; of the plugins, those that a file says something of.
 *
 * @param plugins Names of further plugins, whose policies are all defaults.
 * @throws {Failure} those of `placeOf`
 */
export async function listSettings(
  host: Host,
  config: Config,
  plugins: readonly string[] = [],
): Promise<Setting[]> {
  const named = [...new Set([...Object.keys(config.plugins), ...plugins])].sort();
  const settings: Setting[] = [
    ...GENERAL.map(([section, key, value]) => ({ key: [section, key], value: value(config) })),
    ...named.flatMap((name) => policySettings(config, name)),
  ].filter(({ value }) => value !== undefined);
  for (const setting of settings) setting.place = await placeOf(host, config.sources, setting.key);
  return settings;
}

function policySettings(config: Config, name: string): Setting[] {
  const { mode, onError, timeout, isolation, order, bypassable, when, options } = policyOf(config, name);
  const policy = { mode, "on-error": onError, timeout, isolation, order, bypassable, when, options };
  return flatten(["plugins", name], policy);
}

/** The values in a table and in the tables inside it. */
function flatten(above: KeyPath, table: object): Setting[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const key = [...above, name];
    return isTable(value) ? flatten(key, value) : [{ key, value }];
  });
}
