/**
 * What a text of TOML defines, and where: every header and every value by its whole path, however it is
 * written (header, dotted key, inline table).
 *
 * For commands alone: the parser that knows places is too slow for the create path.
 */
import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { failure } from "../../errors.ts";
import type { TomlValue } from "./write.ts";

/** Names from the outermost table inwards; a number counts the tables of an array of tables. */
export type TomlPath = readonly (string | number)[];

/** A header, `[a.b]` or `[[a.b]]`, with the values up to the next one. */
export interface TomlHeader {
  kind: "header";
  path: TomlPath;
  node: AST.TOMLTable;
}

/** An entry, `key = value`, in a table or in an inline table. */
export interface TomlEntry {
  kind: "value";
  path: TomlPath;
  node: AST.TOMLKeyValue;
  /** Path of the table that the line stands in; shorter than all but the last word where the key is dotted. */
  holder: TomlPath;
}

/** The source of a text, for messages. */
export interface TomlSource {
  /** The program that reads it, as messages call it. */
  reader: string;
  file: string;
}

/** A text of TOML, taken apart. */
export interface TomlDocument {
  text: string;
  source: TomlSource;
  /** Headers and entries in the order of the text; an inline table comes before what is in it. */
  items: (TomlHeader | TomlEntry)[];
  tokens: AST.Token[];
}

/**
 * Takes a text apart.
 *
 * @throws {Failure} toml-syntax for what TOML 1.0 does not allow, as a comma after the last value of
 * an inline table: no engine reads more than that
 */
export function parseDocument(text: string, source: TomlSource): TomlDocument {
  try {
    // The engines skip a byte order mark, the parser does not: a blank keeps all places.
    const program = parseTOML(text.replace(/^\ufeff/, " "), { tomlVersion: "1.0.0" });
    return { text, source, items: itemsOf(program.body[0]), tokens: program.tokens };
  } catch (error) {
    throw syntaxFailure(error, source);
  }
}

function syntaxFailure(error: unknown, source: TomlSource): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const { lineNumber, column } = error as SyntaxError & { lineNumber: number; column: number };
  return failure("toml-syntax", {
    ...source,
    line: lineNumber,
    column: column + 1,
    why: error.message,
  }, { cause: error });
}

function itemsOf(top: AST.TOMLTopLevelTable): TomlDocument["items"] {
  return top.body.flatMap((node) =>
    node.type === "TOMLKeyValue" ? entriesOf([], node) : [
      { kind: "header" as const, path: node.resolvedKey, node },
      ...node.body.flatMap((inner) => entriesOf(node.resolvedKey, inner)),
    ]
  );
}

function entriesOf(holder: TomlPath, node: AST.TOMLKeyValue): TomlEntry[] {
  const words = node.key.keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
  const path = [...holder, ...words];
  const inner = node.value.type === "TOMLInlineTable" ? node.value.body : [];
  return [
    { kind: "value", path, node, holder },
    ...inner.flatMap((entry) => entriesOf(path, entry)),
  ];
}

/** Gets the entry that gives `path` a value; undefined where none does, or where it is a table of its own. */
export function entryAt(document: TomlDocument, path: TomlPath): TomlEntry | undefined {
  return document.items.find((item): item is TomlEntry => item.kind === "value" && samePath(item.path, path));
}

/** Gets the value at `path`; undefined where there is none, or where it is a table. */
export function valueAt(document: TomlDocument, path: TomlPath): TomlValue | undefined {
  const entry = entryAt(document, path);
  return entry && entry.node.value.type !== "TOMLInlineTable" ? valueOf(entry) : undefined;
}

/** Gets the text at `path`; undefined for anything else. */
export function textAt(document: TomlDocument, path: TomlPath): string | undefined {
  const value = valueAt(document, path);
  return typeof value === "string" ? value : undefined;
}

/** Gets the texts of the list at `path`, without what else may be in it; undefined where there is no list. */
export function textsAt(document: TomlDocument, path: TomlPath): string[] | undefined {
  const value = valueAt(document, path);
  return value instanceof Array ? value.filter((one) => typeof one === "string") : undefined;
}

/** Gets the value that an entry holds. */
export function valueOf(entry: TomlEntry): TomlValue {
  return getStaticTOMLValue(entry.node.value) as TomlValue;
}

/** Finds everything that stands at `path` or inside it. */
export function itemsUnder(document: TomlDocument, path: TomlPath): (TomlHeader | TomlEntry)[] {
  return document.items.filter((item) => isWithin(item.path, path));
}

/** Lists every value inside the table at `path`, by its path from there; none for what is no table. */
export function valuesUnder(document: TomlDocument, path: TomlPath): [string[], TomlValue][] {
  return itemsUnder(document, path)
    .filter((item): item is TomlEntry => item.kind === "value" && item.path.length > path.length)
    .filter((entry) => entry.node.value.type !== "TOMLInlineTable")
    .map((entry) => [entry.path.slice(path.length).map(String), valueOf(entry)]);
}

/** Names of the tables in the table at `path`, each with the line of its first mention. */
export function namesUnder(document: TomlDocument, path: TomlPath): Map<string, number> {
  const names = new Map<string, number>();
  for (const { path: own, node } of itemsUnder(document, path)) {
    const name = own[path.length];
    if (typeof name === "string" && !names.has(name)) names.set(name, node.loc.start.line);
  }
  return names;
}

/** Tells whether `path` is `outer` or something inside it. */
export function isWithin(path: TomlPath, outer: TomlPath): boolean {
  return outer.every((word, index) => path[index] === word);
}

/** Tells whether two paths are spellings of one place. */
export function samePath(one: TomlPath, other: TomlPath): boolean {
  return one.length === other.length && isWithin(one, other);
}
