/** The patches that make drafts out of the text they come from, written in the text's own style. */
import type { ContainerDraft, Entry, JsonDraft } from "./draft.ts";
import type { TextPatch } from "./patch.ts";
import type { ArrayNode, JsonItem, JsonNode, ObjectNode } from "./tree.ts";

/** How a container's items are laid out: each on a line with this indentation, or all on one line. */
type Layout = { lines: true; indent: string } | { lines: false };

/** What is the same in the whole file. */
interface Style {
  lineEnd: string;
  /** Indentation of one level. */
  unit: string;
  colon: ":" | ": ";
}

/** Writes the patches of a draft: sorted, not overlapping, none without effect. */
export function writePatches(text: string, draft: ContainerDraft): TextPatch[] {
  const writer = new PatchWriter(text, draft.old as ObjectNode);
  writer.root(draft);
  return writer.patches;
}

class PatchWriter {
  readonly patches: TextPatch[] = [];
  readonly #text: string;
  readonly #style: Style;

  constructor(text: string, root: ObjectNode) {
    this.#text = text;
    const first = firstItem(root);
    this.#style = {
      lineEnd: /\r\n|\n|\r/.exec(text)?.[0] ?? "\n",
      unit: (first && indentation(text.slice(root.start + 1, first.start))) ?? "  ",
      colon: first ? (text[first.value.start - 1] === ":" ? ":" : ": ") : hasLines(text, root) ? ": " : ":",
    };
  }

  root(draft: ContainerDraft): void {
    this.#value(draft, hasLines(this.#text, draft.old as ObjectNode) ? lines("") : ONE_LINE);
  }

  /** Patches what changed in a value; `around` is the layout of the container that holds it. */
  #value(draft: JsonDraft, around: Layout): void {
    if ((draft.kind !== "draft object" && draft.kind !== "draft array") || !draft.old) return;
    const { old } = draft;
    const slots = [...old.items.values()];
    const entries = [...draft.entries.values()];
    const layout = this.#layoutInside(old, around);
    if (entries.some((entry) => entry.slot)) {
      this.#items(slots, entries, layout);
    } else if (slots.length > 0 || entries.length > 0) {
      this.#patch(old.start + 1, old.end - 1, this.#inside(entries, layout, around));
    }
  }

  /** Patches a container of which some items stay in their places. */
  #items(slots: JsonItem[], entries: Entry[], layout: Layout): void {
    const comma = this.#comma(slots, layout);
    let index = 0;
    let stayed: JsonItem | undefined;
    let added: string[] = [];
    for (const entry of entries) {
      if (!entry.slot) {
        added.push(this.#item(entry, layout));
        continue;
      }
      while (slots[index] !== entry.slot) index++;
      if (stayed) {
        this.#patch(end(stayed), end(slots[index - 1]), added.map((item) => comma + item).join(""));
      } else {
        this.#patch(
          (slots[0] as JsonItem).start,
          entry.slot.start,
          added.map((item) => item + comma).join(""),
        );
      }
      this.#slot(entry, entry.slot.value, layout);
      stayed = entry.slot;
      added = [];
    }
    this.#patch(end(stayed), end(slots.at(-1)), added.map((item) => comma + item).join(""));
  }

  /** Patches the value at a place that stays. */
  #slot({ value }: Entry, old: JsonNode, layout: Layout): void {
    if (value === old) return;
    if ("old" in value && value.old === old) this.#value(value, layout);
    else this.#patch(old.start, old.end, this.#print(value, layout));
  }

  #patch(start: number, end: number, insert: string): void {
    if (this.#text.slice(start, end) !== insert) {
      this.patches.push({ offset: start, length: end - start, insert });
    }
  }

  #item({ key, value }: Entry, layout: Layout): string {
    const name = key === undefined ? "" : JSON.stringify(key) + this.#style.colon;
    return name + this.#print(value, layout);
  }

  #print(value: JsonDraft, around: Layout): string {
    switch (value.kind) {
      case "fresh":
        return value.text;
      case "draft object":
        return `{${this.#inside([...value.entries.values()], this.#deeper(around), around)}}`;
      case "draft array":
        return `[${this.#inside(value.entries, this.#deeper(around), around)}]`;
      default:
        return this.#text.slice(value.start, value.end);
    }
  }

  /** What stands between the brackets of a container that was empty or is new. */
  #inside(entries: Entry[], layout: Layout, around: Layout): string {
    if (entries.length === 0) return "";
    const items = entries.map((entry) => this.#item(entry, layout)).join(this.#comma([], layout));
    return this.#lineStart(layout) + items + this.#lineStart(around);
  }

  /** What stands between two items; of a container on one line as between its own first two. */
  #comma(slots: JsonItem[], layout: Layout): string {
    if (layout.lines) return `,${this.#lineStart(layout)}`;
    const second = slots[1];
    const tight = second ? this.#text[second.start - 1] === "," : this.#style.colon === ":";
    return tight ? "," : ", ";
  }

  #lineStart(layout: Layout): string {
    return layout.lines ? this.#style.lineEnd + layout.indent : "";
  }

  #layoutInside(node: ObjectNode | ArrayNode, around: Layout): Layout {
    const first = firstItem(node);
    if (!first) return this.#deeper(around);
    const indent = indentation(this.#text.slice(node.start + 1, first.start));
    return indent === undefined ? ONE_LINE : lines(indent);
  }

  #deeper(around: Layout): Layout {
    return around.lines ? lines(around.indent + this.#style.unit) : ONE_LINE;
  }
}

const ONE_LINE: Layout = { lines: false };

function lines(indent: string): Layout {
  return { lines: true, indent };
}

function end(item: JsonItem | undefined): number {
  return (item as JsonItem).value.end;
}

function firstItem(node: ObjectNode | ArrayNode): JsonItem | undefined {
  return node.items.values().next().value;
}

/** Whether a container has its brackets and its first item on different lines. */
function hasLines(text: string, node: ObjectNode): boolean {
  return indentation(text.slice(node.start + 1, firstItem(node)?.start ?? node.end - 1)) !== undefined;
}

/** The white space behind the last line end; undefined where there is no line end. */
function indentation(blanks: string): string | undefined {
  return /[\r\n]([ \t]*)$/.exec(blanks)?.[1];
}
