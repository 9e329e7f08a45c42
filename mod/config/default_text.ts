/** The config.toml of a fresh installation: every key with its default, none of them set. */
import { type TomlValue, writeValue } from "../text/toml/write.ts";
import { type Key, listKeys } from "./key.ts";
import { KEYS, POLICY_KEYS } from "./keys.ts";
import { isTable } from "./rules.ts";

/**
 * The config.toml of a new installation. All of it is commented out, so that later defaults hold where the
 * administrator has not chosen.
 */
export const DEFAULT_CONFIG = `# container-hooks: see docs/configuration.md, and container-hooks(8).
# Every line shows a default; take the # away to change it. Files of conf.d/*.toml are read after this one.

${sections()}
# The policy for one plugin; a plugin without such a table has these defaults.
#[plugins.NAME]
${listKeys(POLICY_KEYS).filter(({ withoutEffect }) => !withoutEffect).map(linesOf).join("")}`;

function sections(): string {
  const shown = listKeys(KEYS).filter((key) => shownValue(key) !== undefined);
  const bySection = Map.groupBy(shown, ({ section }) => section);
  return [...bySection].map(([section, keys]) => `[${section}]\n${keys.map(linesOf).join("")}`).join("\n");
}

/** A table has a header of its own, and what it is for is clear from its name. */
function linesOf(key: Key<unknown>): string {
  const value = shownValue(key);
  if (!isTable(value)) return `# ${key.brief}.\n#${assignment(key.name, value)}`;
  const lines = Object.entries(value).map(([name, inner]) => `#${assignment(name, inner)}`);
  return `#[${key.section}.${key.name}]\n${lines.join("")}`;
}

function assignment(name: string, value: unknown): string {
  return `${name} = ${writeValue(value as TomlValue)}\n`;
}

/** Gets the default, or the example of a key that has none. */
export function shownValue(key: Key<unknown>): unknown {
  return key.default ?? key.example;
}
