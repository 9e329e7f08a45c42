/**
 * Edits, applied in order to a tree of which only the touched containers are copied.
 *
 * What was in the text keeps its place in it, so that the difference can be written afterwards as a few
 * patches (json_write.ts), however often one container was touched.
 */
import { failure } from "../../errors.ts";
import { MAX_DEPTH } from "./fault.ts";
import type { JsonEdit, JsonPath, JsonValue } from "./json_edit.ts";
import { type ArrayNode, dotted, type JsonItem, type JsonNode, type ObjectNode } from "./tree.ts";

/** A scalar that is not in the text yet. */
interface FreshScalar {
  kind: "fresh";
  text: string;
}

/** A container whose members may have changed; `old` is what it was in the text, if it was there. */
export type ContainerDraft =
  | { kind: "draft object"; old?: ObjectNode; entries: Map<string, Entry> }
  | { kind: "draft array"; old?: ArrayNode; entries: Entry[] };

export type JsonDraft = JsonNode | FreshScalar | ContainerDraft;

/** A member or an element; `slot` is the place in the text that it takes, if it has one. */
export interface Entry {
  key?: string;
  slot?: JsonItem;
  value: JsonDraft;
}

/**
 * Applies the edits.
 *
 * @param what names the file in messages
 * @throws Failure `json-edit` where one does not fit what the text holds, or holds what JSON cannot
 */
export function draftEdits(root: JsonNode, edits: readonly JsonEdit[], what: string): ContainerDraft {
  const top: Entry = { value: root };
  for (const edit of edits) new Drafter(top, edit.path, what).apply(edit);
  return open(top) as ContainerDraft;
}

const TOO_DEEP = `it would hold more than ${MAX_DEPTH} objects and arrays inside one another`;

/** One edit at work. */
class Drafter {
  constructor(readonly top: Entry, readonly path: JsonPath, readonly what: string) {}

  apply(edit: JsonEdit): void {
    if (this.path.length === 0) this.#fail(0, "it is the whole file");
    if (this.path.length > MAX_DEPTH) this.#fail(MAX_DEPTH, TOO_DEEP);
    switch (edit.op) {
      case "set":
        return this.#put(this.#parent(), this.#fresh(edit.value, this.path.length));
      case "append":
      case "prepend":
        return this.#extend(edit.op, edit.items);
      case "remove":
        return this.#remove();
    }
  }

  #extend(op: "append" | "prepend", items: JsonValue[]): void {
    const parent = this.#parent();
    const last = this.#step(this.path.length - 1);
    if (isAbsent(entryAt(parent, last))) this.#put(parent, this.#fresh([], this.path.length));
    const array = open(entryAt(parent, last));
    if (array?.kind !== "draft array") this.#fail(this.path.length, "it is not an array");
    const entries = items.map((item) => ({ value: this.#fresh(item, this.path.length + 1) }));
    array.entries = op === "append" ? [...array.entries, ...entries] : [...entries, ...array.entries];
  }

  #remove(): void {
    let container = open(this.top);
    for (const step of this.path.slice(0, -1)) container = container && open(entryAt(container, step));
    const last = this.#step(this.path.length - 1);
    if (!container || !entryAt(container, last)) return;
    if (container.kind === "draft object") container.entries.delete(last as string);
    else container.entries.splice(last as number, 1);
  }

  /** The container that the path's last step is in; made where it is missing. */
  #parent(): ContainerDraft {
    let container = open(this.top);
    for (const [depth, step] of this.path.entries()) {
      if (!container) this.#fail(depth, "it is neither an object nor an array");
      if (depth === this.path.length - 1) break;
      if (isAbsent(entryAt(container, step))) {
        this.#put(container, { kind: "draft object", entries: new Map() }, depth);
      }
      container = open(entryAt(container, step));
    }
    return container as ContainerDraft;
  }

  #put(container: ContainerDraft, value: JsonDraft, depth = this.path.length - 1): void {
    const step = this.#step(depth);
    const entry = entryAt(container, step);
    if (entry) {
      entry.value = value;
    } else if (container.kind === "draft object") {
      if (typeof step !== "string") this.#fail(depth, "it is an object, not an array");
      container.entries.set(step, { key: step, value });
    } else {
      const count = container.entries.length;
      if (step !== count) this.#fail(depth, `it is an array of ${count}, without ${JSON.stringify(step)}`);
      container.entries.push({ value });
    }
  }

  #step(depth: number): string | number {
    return this.path[depth] as string | number;
  }

  /** A value as a draft; `depth` is the number of containers around it. */
  #fresh(value: JsonValue, depth: number): JsonDraft {
    if (typeof value !== "object" || value === null) return { kind: "fresh", text: this.#scalar(value) };
    if (depth >= MAX_DEPTH) this.#fail(this.path.length, TOO_DEEP);
    if (Array.isArray(value)) {
      // Array.from, since map would skip holes.
      const entries = Array.from(value, (item) => ({ value: this.#fresh(item, depth + 1) }));
      return { kind: "draft array", entries };
    }
    const entries = new Map<string, Entry>();
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) entries.set(key, { key, value: this.#fresh(member, depth + 1) });
    }
    return { kind: "draft object", entries };
  }

  #scalar(value: null | boolean | number | bigint | string): string {
    if (typeof value === "bigint") return `${value}`;
    if (Object.is(value, -0)) return "-0";
    const isJson = value === null || typeof value === "boolean" || typeof value === "string" ||
      Number.isFinite(value);
    if (!isJson) this.#fail(this.path.length, `JSON cannot hold ${String(value)}`);
    return JSON.stringify(value);
  }

  #fail(depth: number, why: string): never {
    throw failure("json-edit", { what: this.what, path: dotted(this.path.slice(0, depth)), why });
  }
}

/** Makes the container of an entry ready to change; undefined where it holds none. */
function open(entry: Entry | undefined): ContainerDraft | undefined {
  const value = entry?.value;
  switch (value?.kind) {
    case "draft object":
    case "draft array":
      return value;
    case "object": {
      const entries = new Map<string, Entry>();
      for (const [key, slot] of value.items) entries.set(key, { key, slot, value: slot.value });
      return (entry as Entry).value = { kind: "draft object", old: value, entries };
    }
    case "array": {
      const entries = value.items.map((slot) => ({ slot, value: slot.value }));
      return (entry as Entry).value = { kind: "draft array", old: value, entries };
    }
  }
}

function entryAt(container: ContainerDraft, step: string | number): Entry | undefined {
  if (container.kind === "draft object") {
    return typeof step === "string" ? container.entries.get(step) : undefined;
  }
  return typeof step === "number" ? container.entries[step] : undefined;
}

/** Tells whether a value is absent. null counts as absent: Go programs write a nil slice or pointer so. */
function isAbsent(entry: Entry | undefined): boolean {
  const value = entry?.value;
  return !value || value.kind === "null" || (value.kind === "fresh" && value.text === "null");
}
