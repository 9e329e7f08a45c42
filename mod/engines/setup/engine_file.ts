/** One configuration file of an engine while it is edited; what we add is marked as ours (ours.ts). */
import type { EngineName } from "../../core/engines.ts";
import type { EngineFacts, FileChange, RuntimeEntry } from "./engine_configuration.ts";
import { HEAD, isOurProgram, MARK } from "./our_entries.ts";
import {
  entryAt,
  isWithin,
  itemsUnder,
  parseDocument,
  samePath,
  textAt,
  textsAt,
  type TomlDocument,
  type TomlEntry,
  type TomlHeader,
  type TomlPath,
  type TomlSource,
} from "../../text/toml/document.ts";
import { remove, removeHeader, setValue } from "../../text/toml/edit.ts";
import { lineEnd } from "../../text/toml/lines.ts";
import { addToList, removeFromList } from "../../text/toml/list.ts";
import type { TomlValue } from "../../text/toml/write.ts";

/** A table of values, of which one level may be tables again. */
export type TomlTable = { readonly [key: string]: TomlValue };

/** Text, what it defines, and edits of it. */
export class EngineFile {
  readonly #before: string | undefined;
  readonly #source: TomlSource;
  #text: string;
  #document: TomlDocument | undefined;

  constructor(facts: EngineFacts, engine: EngineName, readonly path: string) {
    this.#before = facts.text(path);
    this.#source = { reader: engine, file: path };
    this.#text = this.#before ?? HEAD;
  }

  /** What the text defines now. @throws {Failure} toml-syntax */
  get document(): TomlDocument {
    return this.#document ??= parseDocument(this.#text, this.#source);
  }

  /** True where there is no such file, or nothing in it but comments. */
  get isEmpty(): boolean {
    return this.document.items.length === 0;
  }

  /** What is to be written; none where nothing has changed. */
  changes(): FileChange[] {
    const after = this.#text === HEAD ? undefined : this.#text;
    return after === this.#before ? [] : [{ file: this.path, before: this.#before, after }];
  }

  set(path: readonly string[], value: TomlValue): void {
    const isOurs = this.#isMarkedHeader(path.slice(0, -1));
    this.#edit(setValue(this.#text, this.#source, path, value, isOurs ? undefined : MARK));
  }

  /** Makes a table that is not there; as an inline table where it can only be in one. */
  addTable(path: readonly string[], table: TomlTable): void {
    const isInline = this.document.items.some((item) => item.kind === "value" && isWithin(path, item.path));
    if (isInline) return this.set(path, table);
    for (const [key, value] of Object.entries(table)) {
      if (isTable(value)) this.addTable([...path, key], value);
      else this.set([...path, key], value);
    }
  }

  /** Adds words to a list, or makes the list of `defaults` and those words. */
  addToList(path: readonly string[], words: readonly string[], defaults: readonly string[] = []): void {
    if (!entryAt(this.document, path)) return this.set(path, [...new Set([...defaults, ...words])]);
    for (const word of words) this.#edit(addToList(this.#text, this.#source, path, word));
  }

  remove(path: TomlPath): void {
    this.#edit(remove(this.#text, this.#source, path));
  }

  /**
   * Takes `word` out of a list, or the whole list where that is ours and no longer needed.
   *
   * @param rest What the list is without `word` where we made it; in an inline table nothing else tells.
   */
  removeFromList(
    path: TomlPath,
    word: string,
    isNeeded: (rest: string[]) => boolean,
    rest: string[] = [],
  ): void {
    const others = textsAt(this.document, path)?.filter((one) => one !== word);
    if (!others) return;
    if (!isNeeded(others)) {
      if (this.removeMarked(path)) return;
      const entry = entryAt(this.document, path)!;
      const isInline = entryAt(this.document, entry.holder) !== undefined;
      if (isInline && String(others) === String(rest)) return this.remove(path);
    }
    this.#edit(removeFromList(this.#text, this.#source, path, word));
  }

  /** Removes a value if it is one that we added, with a header of ours that is then empty. */
  removeMarked(path: TomlPath): boolean {
    const entry = entryAt(this.document, path);
    if (!entry || !(this.#isMarked(entry) || this.#isMarkedHeader(entry.holder))) return false;
    this.remove(path);
    const header = this.#header(entry.holder);
    if (header && this.#isMarked(header) && header.node.body.length === 0) {
      this.#edit(removeHeader(this.#text, header));
    }
    return true;
  }

  /** Removes a table if its header is one that we added. */
  removeMarkedTable(path: TomlPath): void {
    if (this.#isMarkedHeader(path)) this.remove(path);
  }

  /**
   * Gives the default back: the line goes if it is ours, and otherwise says again what it said.
   *
   * @param previous What the engine knows; a default that it does not know would keep it from starting.
   */
  restoreDefault(path: readonly string[], name: string, previous: string | undefined): void {
    if (textAt(this.document, path) !== name || this.removeMarked(path)) return;
    if (previous === undefined || previous === name) this.remove(path);
    else this.set(path, previous);
  }

  /** True where something stands at `path` that we wrote; `program` is what it names. */
  hasOurs(path: TomlPath, program: string | undefined, entry: Pick<RuntimeEntry, "path">): boolean {
    const items = itemsUnder(this.document, path);
    return items.length > 0 && (isOurProgram(program, entry) || items.some((item) => this.#isMarked(item)));
  }

  #edit(text: string): void {
    this.#text = text;
    this.#document = undefined;
  }

  #header(path: TomlPath): TomlHeader | undefined {
    return this.document.items.find((item): item is TomlHeader =>
      item.kind === "header" && samePath(item.path, path)
    );
  }

  #isMarkedHeader(path: TomlPath): boolean {
    const header = this.#header(path);
    return header !== undefined && this.#isMarked(header);
  }

  /** The mark stands at the end of the line that a header or a value is on. */
  #isMarked(item: TomlHeader | TomlEntry): boolean {
    const line = item.kind === "header" ? headerEnd(item) : item.node.range[1];
    return this.#text.slice(line, lineEnd(this.#text, line)).trim() === MARK;
  }
}

/** A header's node spans its values; its own brackets end where its key does. */
function headerEnd({ node }: TomlHeader): number {
  return node.key.range[1] + (node.kind === "array" ? 2 : 1);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !(value instanceof Array);
}
