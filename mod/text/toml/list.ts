/** Adding a word to a list in a text of TOML and taking it out again; the other elements stay as they are. */
import { failure } from "../../errors.ts";
import { entryAt, parseDocument, type TomlDocument, type TomlPath, type TomlSource } from "./document.ts";
import { indentAt, lineEnd, lineStart, newlineOf } from "./lines.ts";
import { writeKey, writeValue } from "./write.ts";

/** Places of the elements of a list, and of the comma after each. */
interface List {
  /** The place of the list, its brackets included. */
  range: [number, number];
  elements: { text: string | undefined; range: [number, number]; comma?: number }[];
}

/**
 * Adds `word` to the list at `path`, which exists, unless it is in it: on a line of its own where the last
 * element has one.
 *
 * @throws {Failure} toml-syntax, toml-field where something else than a list is there
 */
export function addToList(text: string, source: TomlSource, path: TomlPath, word: string): string {
  const list = listAt(parseDocument(text, source), path);
  if (list.elements.some((element) => element.text === word)) return text;
  const last = list.elements.at(-1);
  const written = writeValue(word);
  if (!last) return splice(text, list.range[0] + 1, list.range[0] + 1, written);
  if (!hasOwnLine(text, list, last.range)) return splice(text, last.range[1], last.range[1], `, ${written}`);

  // After the comment that the last element may have on its line.
  const end = lineEnd(text, last.comma ?? last.range[1]);
  const line = `${indentAt(text, last.range[0])}${written}${last.comma === undefined ? "" : ","}`;
  const added = splice(text, end, end, line + newlineOf(text));
  return last.comma === undefined ? splice(added, last.range[1], last.range[1], ",") : added;
}

/**
 * Takes `word` out of the list at `path`, if there is one that has it.
 *
 * @throws {Failure} toml-syntax, toml-field
 */
export function removeFromList(text: string, source: TomlSource, path: TomlPath, word: string): string {
  const document = parseDocument(text, source);
  if (!entryAt(document, path)) return text;
  const list = listAt(document, path);
  const index = list.elements.findIndex((element) => element.text === word);
  if (index < 0) return text;
  const own = list.elements[index]!;
  const before = list.elements[index - 1];
  const after = list.elements[index + 1];
  if (hasOwnLine(text, list, own.range)) {
    const rest = splice(text, lineStart(text, own.range[0]), lineEnd(text, own.comma ?? own.range[1]), "");
    const dangling = own.comma === undefined ? before?.comma : undefined;
    return dangling === undefined ? rest : splice(rest, dangling, dangling + 1, "");
  }
  if (before) return splice(text, before.range[1], own.range[1], "");
  return splice(text, own.range[0], after ? after.range[0] : (own.comma ?? own.range[1] - 1) + 1, "");
}

function listAt(document: TomlDocument, path: TomlPath): List {
  const { node } = entryAt(document, path)!;
  if (node.value.type !== "TOMLArray") {
    throw failure("toml-field", {
      ...document.source,
      line: node.loc.start.line,
      key: writeKey(path.map(String)),
      found: "a value",
      wanted: "a list",
    });
  }
  const elements = node.value.elements.map(({ range, ...element }, index, all) => {
    const limit = all[index + 1]?.range[0] ?? node.value.range[1];
    const comma = document.tokens.find((token) =>
      token.value === "," && token.range[0] >= range[1] && token.range[0] < limit
    );
    const text = element.type === "TOMLValue" && element.kind === "string" ? element.value : undefined;
    return { text, range, comma: comma?.range[0] };
  });
  return { range: node.value.range, elements };
}

/** Neither the brackets nor another element are on its line. */
function hasOwnLine(text: string, { range, elements }: List, own: [number, number]): boolean {
  const [start, end] = [lineStart(text, own[0]), lineEnd(text, own[1])];
  const others = elements.filter((element) => element.range !== own);
  const isElsewhere = (from: number, to: number) => to <= start || from >= end;
  return isElsewhere(range[0], range[0] + 1) && isElsewhere(range[1] - 1, range[1]) &&
    others.every((other) => isElsewhere(...other.range));
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}
