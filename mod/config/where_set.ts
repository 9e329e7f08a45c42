/**
 * Where in a text of TOML a key is set.
 *
 * The parser that reads the configuration gives values without places, and is small and fast. The one that
 * knows places is imported when a message needs a line, and never otherwise.
 */
import type { AST } from "toml-eslint-parser";

/** A key from the outermost table inwards: `["plugins", "audit", "mode"]`. */
export type KeyPath = readonly string[];

/** Where something is set. */
export interface WhereSet {
  file: string;
  /** The number of the line, from 1; undefined where it cannot be told. */
  line?: number;
}

/** Gets the line, from 1, of the first mention of `key` or of something inside it; undefined where there is none. */
export async function lineOf(text: string, key: KeyPath): Promise<number | undefined> {
  const { parseTOML } = await import("toml-eslint-parser");
  try {
    const { body } = parseTOML(text, { tomlVersion: "1.1.0" }).body[0];
    return lineAmong(body, [], key);
  } catch {
    // It takes a little less than the other parser does. A message without a line is better than none.
    return undefined;
  }
}

function lineAmong(
  nodes: (AST.TOMLKeyValue | AST.TOMLTable)[],
  above: (string | number)[],
  key: KeyPath,
): number | undefined {
  for (const node of nodes) {
    const own = node.type === "TOMLTable" ? node.resolvedKey : [...above, ...node.key.keys.map(wordOf)];
    if (key.every((word, index) => own[index] === word)) return node.loc.start.line;
    const inner = node.type === "TOMLTable" ? node.body : inlineBody(node.value);
    const line = lineAmong(inner, own, key);
    if (line !== undefined) return line;
  }
}

function wordOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function inlineBody(value: AST.TOMLContentNode): AST.TOMLKeyValue[] {
  return value.type === "TOMLInlineTable" ? value.body : [];
}
