/** The tables of keys in docs/configuration.md, written from mod/config/keys.ts. */
import { shownValue } from "../mod/config/default_text.ts";
import { type Key, listKeys } from "../mod/config/key.ts";
import { KEYS, POLICY_KEYS } from "../mod/config/keys.ts";
import { isTable } from "../mod/config/rules.ts";
import { type TomlValue, writeValue } from "../mod/text/toml/write.ts";

const HEAD = ["key", "takes", "default", "older", "meaning"];

/**
 * The text with the table below each `### [section]` as the keys have it.
 *
 * @throws where a section has no such heading, or no table below it
 */
export function withConfigTables(text: string): string {
  // A key that holds a table has a heading and a text of its own.
  const keys = [...listKeys(KEYS), ...listKeys(POLICY_KEYS)].filter((key) => !isTable(shownValue(key)));
  for (const [section, rows] of Map.groupBy(keys, ({ section }) => section)) {
    text = replaceTable(text, `### [${section}]`, tableText([HEAD, ...rows.map(rowOf)]));
  }
  return text;
}

function replaceTable(text: string, heading: string, table: string): string {
  const lines = text.split("\n");
  const at = lines.indexOf(heading);
  const next = lines.findIndex((line, index) => index > at && line.startsWith("#"));
  const begin = lines.findIndex((line, index) => index > at && line.startsWith("|"));
  if (at < 0 || begin < 0 || (next > at && begin > next)) throw new Error(`no table below ${heading}`);
  const length = lines.slice(begin).findIndex((line) => !line.startsWith("|"));
  lines.splice(begin, length < 0 ? lines.length : length, table);
  return lines.join("\n");
}

function rowOf(key: Key<unknown>): string[] {
  const set = key.default === undefined ? "none" : `\`${writeValue(key.default as TomlValue)}\``;
  return [
    `\`${key.name}\``,
    asCode(key.takes.wanted),
    set,
    key.older ? "yes" : "",
    asCode(key.meaning ?? key.brief),
  ];
}

/** A text in quotation marks is one that somebody types. */
function asCode(words: string): string {
  return words.replace(/"[^"]*"/g, (typed) => `\`${typed}\``).replaceAll("|", "\\|");
}

/** As `deno fmt` lays a table out. */
function tableText(rows: string[][]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}
