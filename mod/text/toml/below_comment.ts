/** Setting a value where a commented-out line of its table shows its default. */
import { entryAt, parseDocument, samePath, type TomlSource } from "./document.ts";
import { indentAt, insertLine, lineEnd } from "./lines.ts";
import { type TomlValue, writeKey, writeValue } from "./write.ts";

/**
 * Gives `path` a value on a line of its own below `#NAME = ...` in the table that it belongs to.
 *
 * @returns undefined where it has a value already, or where there is no such line
 * @throws {Failure} toml-syntax
 */
export function setBelowComment(
  text: string,
  source: TomlSource,
  path: readonly string[],
  value: TomlValue,
): string | undefined {
  if (entryAt(parseDocument(text, source), path)) return undefined;
  const key = writeKey(path.slice(-1));
  const comment = findComment(text, source, path.slice(0, -1), key);
  if (comment === undefined) return undefined;
  const line = `${indentAt(text, text.indexOf("#", comment))}${key} = ${writeValue(value)}`;
  const changed = insertLine(text, lineEnd(text, comment), line);
  // What looks like a comment may be a line of a text that spans lines.
  return entryAt(parseDocument(changed, source), path) ? changed : undefined;
}

/** Where the line begins; only up to the next header, also one that is commented out. */
function findComment(
  text: string,
  source: TomlSource,
  table: readonly string[],
  key: string,
): number | undefined {
  const headers = parseDocument(text, source).items.filter(({ kind }) => kind === "header");
  const own = headers.findIndex(({ path }) => samePath(path, table));
  if (own < 0) return undefined;
  const end = headers[own + 1]?.node.range[0] ?? text.length;
  for (let at = lineEnd(text, headers[own]!.node.range[0]); at < end; at = lineEnd(text, at)) {
    const comment = /^[ \t]*#[ \t]*(.*)/.exec(text.slice(at, lineEnd(text, at)))?.[1] ?? "";
    if (comment.startsWith("[")) return undefined;
    if (comment.startsWith(key) && comment.slice(key.length).trimStart().startsWith("=")) return at;
  }
}
