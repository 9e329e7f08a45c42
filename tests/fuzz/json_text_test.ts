import assert from "node:assert/strict";
import fc from "fast-check";
import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { Failure } from "../../mod/errors.ts";
import {
  applyPatches,
  editJson,
  invertPatches,
  type JsonEdit,
  type JsonValue,
  parseJsonObject,
} from "../../mod/text/json/json_text.ts";

// ---- what is compared: values in which numbers are as they were written, and objects are maps

class Spelled {
  constructor(readonly source: string) {}
}

type Model = null | boolean | string | Spelled | Model[] | Map<string, Model>;

/** Of a text, by another parser: JSON.parse misreads keys with escapes. */
function modelOfText(text: string): Model {
  const model = (node: Node): Model => {
    const children = node.children ?? [];
    if (node.type === "array") return children.map(model);
    if (node.type === "number") return new Spelled(text.slice(node.offset, node.offset + node.length));
    if (node.type !== "object") return node.value;
    return new Map(children.map(({ children }) => [children?.[0]?.value, model(children?.[1] as Node)]));
  };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  assert.deepEqual(errors, []);
  return model(root as Node);
}

/** Of a value to write. */
function modelOf(value: JsonValue): Model {
  if (typeof value === "bigint") return new Spelled(String(value));
  if (typeof value === "number") return new Spelled(Object.is(value, -0) ? "-0" : String(value));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(modelOf);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return new Map(members.map(([key, member]) => [key, modelOf(member as JsonValue)]));
}

/** An edit that does not fit. */
class Misfit extends Error {}

function get(container: Model | undefined, step: string | number): Model | undefined {
  if (container instanceof Map && typeof step === "string") return container.get(step);
  if (Array.isArray(container) && typeof step === "number") return container[step];
  return undefined;
}

function put(container: Model | undefined, step: string | number, value: Model): void {
  if (container instanceof Map && typeof step === "string") container.set(step, value);
  else if (Array.isArray(container) && typeof step === "number" && step <= container.length) {
    container[step] = value;
  } else throw new Misfit();
}

function applyNaively(root: Model, edit: JsonEdit): void {
  const parents = edit.path.slice(0, -1);
  const last = edit.path.at(-1) as string | number;
  let container: Model | undefined = root;
  for (const step of parents) {
    if (edit.op !== "remove" && (get(container, step) ?? null) === null) put(container, step, new Map());
    container = get(container, step);
  }
  const there = get(container, last);
  if (edit.op === "set") put(container, last, modelOf(edit.value));
  else if (edit.op === "remove") {
    if (container instanceof Map) container.delete(last as string);
    else if (Array.isArray(container) && there !== undefined) container.splice(last as number, 1);
  } else if (Array.isArray(there)) {
    there.splice(edit.op === "append" ? there.length : 0, 0, ...edit.items.map(modelOf));
  } else {
    if ((there ?? null) !== null) throw new Misfit();
    put(container, last, edit.items.map(modelOf));
  }
}

// ---- texts: a value, and a style to write it in

const key = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "a",
      "b",
      "c",
      "env",
      "__proto__",
      "0",
      "",
      '"',
      "\\",
      '{"\\',
      "\ud800",
      "constructor",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

const numberSource = fc.oneof(
  fc.constantFrom("0", "-0", "1E400", "-1.50e+3", "18446744073709551615", "9007199254740993", "0.10"),
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

/** An object or an array is a list of its members, so that a key can stand twice. */
type Tree =
  | { kind: "text"; text: string }
  | { kind: "string"; string: string }
  | { kind: "array"; items: Tree[] }
  | { kind: "object"; members: [string, Tree][] };

const { object, anyTree } = fc.letrec<{ object: Tree; anyTree: Tree }>((tie) => ({
  anyTree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("null", "true", "false").map((text): Tree => ({ kind: "text", text })),
    numberSource.map((text): Tree => ({ kind: "text", text })),
    key.map((string): Tree => ({ kind: "string", string })),
    fc.array(tie("anyTree"), { maxLength: 4 }).map((items): Tree => ({ kind: "array", items })),
    tie("object"),
  ),
  object: fc.uniqueArray(fc.tuple(key, tie("anyTree")), { maxLength: 5, selector: ([key]) => key })
    .map((members): Tree => ({ kind: "object", members })),
}));

interface Style {
  /** White space taken in turn, wherever some may stand; with `unit` only where a line does not start. */
  blanks: string[];
  /** Indentation of one level; without it there are no lines. */
  unit?: string;
  lineEnd: string;
  /** Taken in turn, for each character of a string: whether it is escaped without need. */
  escapes: boolean[];
}

const style: fc.Arbitrary<Style> = fc.record({
  blanks: fc.oneof(
    fc.constantFrom("", " ").map((blank) => [blank]),
    fc.array(fc.constantFrom("", " ", "\t", "\n", "\r\n", "\r", " \n  "), { minLength: 1, maxLength: 7 }),
  ),
  unit: fc.constantFrom(undefined, "", " ", "  ", "    ", "\t"),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  escapes: fc.oneof(
    fc.constant(false).map((never) => [never]),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  ),
});

function escaped(text: string): string {
  return text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

function write(tree: Tree, style: Style): string {
  const turns = new Map<unknown[], number>();
  const next = <T>(list: T[]): T => {
    const turn = turns.get(list) ?? 0;
    turns.set(list, turn + 1);
    return list[turn % list.length] as T;
  };
  const string = (value: string) => {
    const body = JSON.stringify(value).slice(1, -1).replace(
      /\\u.{4}|\\.|[^]/gu,
      (part) => part.startsWith("\\") || !next(style.escapes) ? part : escaped(part),
    );
    return `"${body}"`;
  };
  const blank = () => next(style.blanks);
  const line = (depth: number) =>
    style.unit === undefined ? blank() : style.lineEnd + style.unit.repeat(depth);
  const list = (items: string[], depth: number) =>
    items.length === 0
      ? blank()
      : items.map((item) => line(depth + 1) + item + (style.unit === undefined ? blank() : "")).join(",") +
        line(depth);
  const value = (tree: Tree, depth: number): string => {
    switch (tree.kind) {
      case "text":
        return tree.text;
      case "string":
        return string(tree.string);
      case "array":
        return `[${list(tree.items.map((item) => value(item, depth + 1)), depth)}]`;
      case "object": {
        const members = tree.members.map(([key, item]) =>
          `${string(key)}${style.unit === undefined ? blank() : ""}:${blank()}${value(item, depth + 1)}`
        );
        return `{${list(members, depth)}}`;
      }
    }
  };
  return blank() + value(tree, 0) + blank();
}

const text = fc.tuple(object, style).map(([tree, style]) => write(tree, style));

// ---- edits

const jsonValue = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<JsonValue[]>(null, true, "", "x", -0, 1e21, 2n ** 64n - 1n),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    key,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, fc.option(tie("value"), { nil: undefined }), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Keys and indices that mostly exist, since texts have few. */
const path = fc.array(fc.oneof({ weight: 3, arbitrary: key }, { weight: 1, arbitrary: fc.nat(4) }), {
  minLength: 1,
  maxLength: 4,
});

/** Every path in a model. */
function pathsIn(model: Model, above: (string | number)[] = []): (string | number)[][] {
  if (!(model instanceof Map) && !Array.isArray(model)) return [];
  return [...model.entries()].flatMap(([step, child]) => {
    const path = [...above, step];
    return [path, ...pathsIn(child, path)];
  });
}

/** An edit at a path of its own, or where `pick` is given at one that the text has, or one step further. */
interface BlindEdit {
  edit: JsonEdit;
  pick: number | undefined;
  further: boolean;
}

const blindEdit: fc.Arbitrary<BlindEdit> = fc.record({
  edit: fc.oneof(
    fc.record({
      op: fc.constantFrom("append" as const, "prepend" as const),
      path,
      items: fc.array(jsonValue, { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant("set" as const), path, value: jsonValue }),
    fc.record({ op: fc.constant("remove" as const), path }),
  ),
  pick: fc.option(fc.nat(), { nil: undefined }),
  further: fc.boolean(),
});

function aim({ edit, pick, further }: BlindEdit, model: Model): JsonEdit {
  const paths = pathsIn(model);
  const chosen = pick === undefined ? undefined : paths[pick % paths.length];
  return chosen ? { ...edit, path: further ? [...chosen, edit.path[0] as string] : chosen } : edit;
}

/** The model after the edit; undefined where it does not fit. */
function after(model: Model, edit: JsonEdit): Model | undefined {
  const result = copied(model);
  try {
    applyNaively(result, edit);
    return result;
  } catch (thrown) {
    if (thrown instanceof Misfit) return undefined;
    throw thrown;
  }
}

function copied(model: Model): Model {
  if (Array.isArray(model)) return model.map(copied);
  if (model instanceof Map) return new Map([...model].map(([key, value]) => [key, copied(value)]));
  return model;
}

/** A text, edits that fit it, and the model of the result. */
const edited = fc.tuple(text, fc.array(blindEdit, { maxLength: 8 })).map(([text, blindEdits]) => {
  let model = modelOfText(text);
  const edits: JsonEdit[] = [];
  for (const blind of blindEdits) {
    const edit = aim(blind, model);
    const next = after(model, edit);
    if (next === undefined) continue;
    model = next;
    edits.push(edit);
  }
  return { text, edits, model };
});

// ---- what holds

Deno.test("edits give what a naive model of them gives, numbers as they were written", () => {
  fc.assert(
    fc.property(edited, ({ text, edits, model }) => {
      assert.deepEqual(modelOfText(editJson(parseJsonObject(text, "t"), edits).text), model);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("what was edited can be read and edited again", () => {
  fc.assert(fc.property(edited, ({ text, edits }) => {
    const once = editJson(parseJsonObject(text, "t"), edits).text;
    editJson(parseJsonObject(once, "t"), [{ op: "set", path: ["new"], value: 1 }]);
  }));
});

Deno.test("an edit is refused exactly where the model has no place for it", () => {
  fc.assert(fc.property(text, blindEdit, (text, blind) => {
    const model = modelOfText(text);
    const edit = aim(blind, model);
    const act = () => editJson(parseJsonObject(text, "t"), [edit]);
    if (after(model, edit) === undefined) assert.throws(act, { code: "json-edit" });
    else act();
  }));
});

Deno.test("no edits give the same text", () => {
  fc.assert(fc.property(text, (text) => {
    assert.deepEqual(editJson(parseJsonObject(text, "t"), []), { text, patches: [] });
  }));
});

Deno.test("the inverse patches give the text back", () => {
  fc.assert(fc.property(edited, ({ text, edits }) => {
    const result = editJson(parseJsonObject(text, "t"), edits);
    assert.equal(applyPatches(result.text, invertPatches(text, result.patches)), text);
  }));
});

Deno.test("text outside the patches stays, and patches are sorted and apart", () => {
  fc.assert(fc.property(edited, ({ text, edits }) => {
    const result = editJson(parseJsonObject(text, "t"), edits);
    let [oldEnd, newEnd] = [0, 0];
    for (
      const { offset, length, insert } of [...result.patches, { offset: text.length, length: 0, insert: "" }]
    ) {
      assert.ok(offset >= oldEnd);
      const kept = text.slice(oldEnd, offset);
      assert.equal(result.text.slice(newEnd, newEnd + kept.length), kept);
      assert.equal(result.text.slice(newEnd + kept.length).startsWith(insert), true);
      oldEnd = offset + length;
      newEnd += kept.length + insert.length;
    }
    assert.equal(newEnd, result.text.length);
  }));
});

/** A parsed value as a model; numbers only as values, since their spelling is gone. */
function modelOfValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? Number(value) : value;
  if (Array.isArray(value)) return value.map(modelOfValue);
  return new Map(Object.entries(value).map(([key, member]) => [key, modelOfValue(member)]));
}

function unspelled(model: Model): unknown {
  if (model instanceof Spelled) return Number(model.source);
  if (Array.isArray(model)) return model.map(unspelled);
  return model instanceof Map ? new Map([...model].map(([key, member]) => [key, unspelled(member)])) : model;
}

Deno.test("the value is what the text says", () => {
  fc.assert(fc.property(text, (text) => {
    assert.deepEqual(modelOfValue(parseJsonObject(text, "t").value), unspelled(modelOfText(text)));
  }));
});

Deno.test("integers are bigint exactly where a double would round them", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), style, (integer, style) => {
    const tree: Tree = { kind: "object", members: [["n", { kind: "text", text: String(integer) }]] };
    const { n } = parseJsonObject(write(tree, style), "t").value;
    assert.equal(n, BigInt(Number(integer)) === integer ? Number(integer) : integer);
  }));
});

/** By another parser: whether some object has a key twice. */
function hasDuplicate(node: Node | undefined): boolean {
  const children = node?.children ?? [];
  const keys = node?.type === "object" ? children.map((member) => member.children?.[0]?.value) : [];
  return new Set(keys).size !== keys.length || children.some(hasDuplicate);
}

const mutated = fc.tuple(
  text,
  fc.array(
    fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(..."{}[],:\"\\ \n0123-+.eEtfnu/*'a\u00a0\u2028\u0001")),
    { maxLength: 3 },
  ),
).map(([text, changes]) =>
  changes.reduce((text, [place, length, insert]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + (length === 1 ? "" : insert) + text.slice(at + length);
  }, text)
);

Deno.test("takes what JSON.parse takes, but for roots that are no object and keys that stand twice", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        assert.throws(
          () => parseJsonObject(text, "t"),
          (thrown) =>
            thrown instanceof Failure && /^json-(syntax|duplicate|empty)$/.test(thrown.code) &&
            // The place was found by us; the last resort has only JSON.parse's words.
            thrown.cause === undefined,
        );
        return;
      }
      if (typeof expected !== "object" || expected === null || Array.isArray(expected)) {
        assert.throws(() => parseJsonObject(text, "t"), { code: "json-not-object" });
      } else if (hasDuplicate(parseTree(text))) {
        assert.throws(() => parseJsonObject(text, "t"), { code: "json-duplicate" });
      } else assert.equal(parseJsonObject(text, "t").text, text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("finds a key that stands twice, at any depth, in any spelling", () => {
  const doubled = fc.tuple(object, key, anyTree, anyTree, fc.array(fc.boolean(), { maxLength: 4 }), style);
  fc.assert(fc.property(doubled, ([other, key, first, second, wraps, style]) => {
    let tree: Tree = { kind: "object", members: [[key, first], [`${key}x`, other], [key, second]] };
    for (const inArray of wraps) {
      tree = inArray ? { kind: "array", items: [other, tree] } : { kind: "object", members: [["w", tree]] };
    }
    const text = write({ kind: "object", members: [["root", tree]] }, style);
    assert.throws(() => parseJsonObject(text, "t"), { code: "json-duplicate" });
  }));
});
