/** container-hooks.toml(5): every key of config.toml, from the one table of them. */
import { shownValue } from "../../config/default_text.ts";
import { type Key, listKeys } from "../../config/key.ts";
import { KEYS, POLICY_KEYS } from "../../config/keys.ts";
import { isTable } from "../../config/rules.ts";
import { type TomlValue, writeValue } from "../../text/toml/write.ts";
import { entry, type ManPage, manPage, roff, seeAlso } from "./roff.ts";

/** Makes it. */
export function configPage(): ManPage {
  const sections = Map.groupBy([...listKeys(KEYS), ...listKeys(POLICY_KEYS)], ({ section }) => section);
  return manPage("container-hooks.toml", 5, "configuration of container-hooks: config.toml and conf.d", [
    ".SH DESCRIPTION",
    roff(
      "The file is TOML in UTF-8, and so is each conf.d/*.toml beside it, which are read after it in the order of " +
        "their names. A later file wins, key by key; none has to exist. A change counts from the next container " +
        "on. Files and the folders above them belong to root, and nobody else may be able to write them.",
    ),
    ".PP",
    roff("An unknown key or a value of another kind is refused: no container starts until it is corrected."),
    ...[...sections].flatMap(([section, keys]) => [`.SH ${roff(`[${section}]`)}`, ...keys.flatMap(keyEntry)]),
    ".SH FILES",
    ...entry(
      "\\fI/etc/container\\-hooks/config.toml\\fR",
      "What counts, unless CONTAINER_HOOKS_CONFIG names another",
    ),
    ...entry("\\fI/etc/container\\-hooks/conf.d/*.toml\\fR", "What is read after it"),
    ".SH EXAMPLE",
    ".nf",
    "container\\-hooks config set container\\-hooks.deadline=90",
    "container\\-hooks config unset container\\-hooks.deadline",
    "container\\-hooks config check",
    ".fi",
    ...seeAlso([["container-hooks", 8], ["container-hooks-config", 8]]),
  ]);
}

function keyEntry(key: Key<unknown>): string[] {
  const shown = shownValue(key);
  const set = isTable(shown) || key.default === undefined ? "none" : writeValue(key.default as TomlValue);
  return [
    ...entry(`\\fB${roff(key.name)}\\fR`, `${key.meaning ?? key.brief}`),
    ".br",
    roff(`Takes ${key.takes.wanted}; default: ${set}.`),
  ];
}
