/**
 * Setting and removing one value of a text of TOML. All else stays as it is, to the byte: comments, blanks,
 * line ends, order, and how tables are written.
 */
import { failure } from "../../errors.ts";
import {
  entryAt,
  isWithin,
  itemsUnder,
  parseDocument,
  samePath,
  type TomlDocument,
  type TomlEntry,
  type TomlHeader,
  type TomlPath,
  type TomlSource,
  valueOf,
} from "./document.ts";
import {
  appendBlock,
  contentStart,
  indentAt,
  insertLine,
  lineEnd,
  lineStart,
  removeBlock,
  removeLines,
} from "./lines.ts";
import { type TomlValue, writeKey, writeValue } from "./write.ts";

/**
 * Gives `path` a value, in place where it has one, otherwise beside its neighbours, and where its table does
 * not exist yet, under a new header at the end.
 *
 * @param mark A comment for what is new, so that it can be told again: the header, or else the line.
 * @returns the text; the same where it says that already
 * @throws {Failure} toml-syntax, toml-field where something else than a table is in the way
 */
export function setValue(
  text: string,
  source: TomlSource,
  path: readonly string[],
  value: TomlValue,
  mark?: string,
): string {
  const document = parseDocument(text, source);
  const entry = entryAt(document, path);
  if (entry) return replaceValue(document, entry, value);
  refuseObstacles(document, path);
  return insertValue(document, path, writeValue(value), mark ? ` ${mark}` : "");
}

function replaceValue({ text }: TomlDocument, entry: TomlEntry, value: TomlValue): string {
  if (writeValue(valueOf(entry)) === writeValue(value)) return text;
  const [start, end] = entry.node.value.range;
  return text.slice(0, start) + writeLike(text.slice(start, end), value) + text.slice(end);
}

/** A text between single quotes stays one, where what is in it can. */
function writeLike(former: string, value: TomlValue): string {
  const isLiteral = /^'[^']/.test(former) && typeof value === "string" && /^[ -&(-~]*$/.test(value);
  return isLiteral ? `'${value}'` : writeValue(value);
}

/** A table cannot be put where a value, an array of tables, or for a value where a table stands. */
function refuseObstacles(document: TomlDocument, path: readonly string[]): void {
  const refuse = ({ node }: TomlHeader | TomlEntry, length: number, found: string, wanted: string): never => {
    const key = writeKey(path.slice(0, length));
    throw failure("toml-field", {
      ...document.source,
      line: node.loc.start.line,
      key,
      found,
      wanted,
    });
  };
  for (const item of document.items) {
    const array = item.path.findIndex((word) => typeof word === "number");
    if (array > 0 && array <= path.length && isWithin(path, item.path.slice(0, array))) {
      refuse(item, array, "an array of tables", "a table");
    }
    if (isWithin(item.path, path)) refuse(item, path.length, "a table", "a value");
    const isPlain = item.kind === "value" && item.node.value.type !== "TOMLInlineTable";
    if (isPlain && isWithin(path, item.path)) refuse(item, item.path.length, "a value", "a table");
  }
}

function insertValue(document: TomlDocument, path: readonly string[], value: string, mark: string): string {
  const { text } = document;
  const inline = document.items.findLast((item): item is TomlEntry =>
    item.kind === "value" && isWithin(path, item.path)
  );
  if (inline) return insertInline(text, inline, `${writeKey(path.slice(inline.path.length))} = ${value}`);

  const table = path.slice(0, -1);
  const line = `${writeKey(path.slice(-1))} = ${value}`;
  const header = headerAt(document, table);
  if (header) return insertAfter(text, header.node.body.at(-1) ?? header.node, line + mark);

  const dotted = document.items.findLast((item): item is TomlEntry =>
    item.kind === "value" && isWithin(item.path, table) && item.holder.length < table.length
  );
  if (dotted) {
    const key = writeKey(path.slice(dotted.holder.length));
    return insertAfter(text, dotted.node, `${key} = ${value}${mark}`);
  }
  if (table.length > 0) return appendBlock(text, [`[${writeKey(table)}]${mark}`, line]);
  return insertAtTop(document, line + mark);
}

function headerAt(document: TomlDocument, path: TomlPath): TomlHeader | undefined {
  return document.items.find((item): item is TomlHeader =>
    item.kind === "header" && item.node.kind === "standard" && samePath(item.path, path)
  );
}

function insertAfter(text: string, { range }: { range: [number, number] }, line: string): string {
  return insertLine(text, lineEnd(text, range[1]), indentAt(text, range[0]) + line);
}

/** Values of no table belong before the first header; where there are only comments, after those. */
function insertAtTop({ text, items }: TomlDocument, line: string): string {
  const last = items.findLast((item): item is TomlEntry => item.kind === "value" && item.holder.length === 0);
  if (last) return insertAfter(text, last.node, line);
  return insertLine(text, items.length === 0 ? text.length : contentStart(text), line);
}

function insertInline(text: string, { node }: TomlEntry, entry: string): string {
  const last = node.value.type === "TOMLInlineTable" ? node.value.body.at(-1) : undefined;
  const at = last ? last.range[1] : node.value.range[0] + 1;
  return `${text.slice(0, at)}${last ? ", " : ""}${entry}${text.slice(at)}`;
}

/**
 * Removes the value or the whole table at `path`, with the lines that hold nothing else.
 *
 * Comments within the table go with it; those after its last value stay, since they may belong to what follows.
 *
 * @throws {Failure} toml-syntax
 */
export function remove(text: string, source: TomlSource, path: TomlPath): string {
  for (let rest = text;;) {
    const document = parseDocument(rest, source);
    const outermost = itemsUnder(document, path).filter((item) => !isInsideInline(document, item, path));
    const last = outermost.at(-1);
    if (!last) return rest;
    rest = last.kind === "header" ? removeHeader(rest, last) : removeEntry(document, last);
  }
}

/** What stands in an inline table that goes as a whole. */
function isInsideInline(document: TomlDocument, item: TomlHeader | TomlEntry, path: TomlPath): boolean {
  return item.kind === "value" && isWithin(item.holder, path) && entryAt(document, item.holder) !== undefined;
}

/** Removes a header with its own values, and leaves the tables within its table. */
export function removeHeader(text: string, { node }: TomlHeader): string {
  const end = (node.body.at(-1) ?? node).range[1];
  return removeBlock(text, lineStart(text, node.range[0]), lineEnd(text, end));
}

function removeEntry(document: TomlDocument, { node, holder }: TomlEntry): string {
  const { text } = document;
  const inline = holder.length > 0 ? entryAt(document, holder)?.node.value : undefined;
  if (inline?.type !== "TOMLInlineTable") {
    return removeLines(text, lineStart(text, node.range[0]), lineEnd(text, node.range[1]));
  }
  const index = inline.body.indexOf(node);
  const before = inline.body[index - 1];
  const after = inline.body[index + 1];
  const start = before ? before.range[1] : node.range[0];
  const end = before || !after ? node.range[1] : after.range[0];
  return text.slice(0, start) + text.slice(end);
}
