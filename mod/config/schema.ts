/** What a configuration file may hold, as its keys say. */
import { PLUGIN_NAME } from "../core/manifest.ts";
import { type KeyTable, listKeys } from "./key.ts";
import { KEYS, POLICY_KEYS } from "./keys.ts";
import type { KeyPath } from "./where_set.ts";
import { entries, type Problem, type Rule, table, unknownKey } from "./rules.ts";

/** The rules for the keys of each section. */
const SECTIONS = rulesBySection(KEYS);

/** A key that is unknown in a plugin's table may be one of its options. */
const policy = table(
  rulesBySection(POLICY_KEYS)["plugins.NAME"]!,
  ([...key]) => [...key.slice(0, -1), "options", key.at(-1)].join("."),
);

/** The rule for the whole file. A key that no rule knows is refused: a mistyped policy must not be passed over. */
export const CONFIG_FILE: Rule = table({
  ...Object.fromEntries(Object.entries(SECTIONS).map(([name, rules]) => [name, table(rules, inItsSection)])),
  plugins: entries(pluginNamed),
}, inItsSection);

function rulesBySection(keys: KeyTable): Record<string, Record<string, Rule>> {
  const sections: Record<string, Record<string, Rule>> = {};
  for (const { section, name, takes } of listKeys(keys)) (sections[section] ??= {})[name] = takes.rule;
  return sections;
}

/** What stands in one table and belongs in another: `log-level` outside of [container-hooks-runtime]. */
function inItsSection(key: KeyPath): string | undefined {
  const name = key.at(-1)!;
  const section = Object.keys(SECTIONS).find((section) => Object.hasOwn(SECTIONS[section]!, name));
  return section && `${section}.${name}`;
}

function pluginNamed(name: string, key: KeyPath): Rule {
  if (PLUGIN_NAME.test(name)) return policy;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return (): Problem => unknownKey(key, PLUGIN_NAME.test(slug) ? `plugins.${slug}` : undefined);
}
