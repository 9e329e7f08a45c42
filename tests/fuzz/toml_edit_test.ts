import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { Failure } from "../../mod/errors.ts";
import { parseDocument } from "../../mod/text/toml/document.ts";
import { remove, setValue } from "../../mod/text/toml/edit.ts";
import { addToList, removeFromList } from "../../mod/text/toml/list.ts";

const SOURCE = { reader: "containerd", file: "config.toml" };
const MARK = "# ours";

/** No path in a text begins with it. */
const NEW = "ours";

const key = fc.oneof(fc.constantFrom("a", "b", "c"), fc.constantFrom('"a.b"', "'c d'", '"\\u0061b"'));
const dotted = fc.array(key, { minLength: 1, maxLength: 3 }).map((words) => words.join(" . "));
const blank = fc.constantFrom("", " ", "\t", "   ");
const comment = fc.constantFrom("", " # a = 1", "#", " # [x]", " # é ☃ \u{1F680}");
const scalar = fc.constantFrom(
  "1",
  "0x1f",
  "1.5",
  "true",
  '"x # y"',
  "'''\na]\n'''",
  '"""\n"=\\\n """',
  "1979-05-27",
  "nan",
);
const value = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }).map((all) => `[${all.join(", ")}]`),
    fc.array(tie("value"), { minLength: 1, maxLength: 3 }).map((all) => `[\n  ${all.join(", # c\n  ")},\n]`),
    fc.array(fc.tuple(dotted, tie("value")), { maxLength: 3 })
      .map((all) => `{ ${all.map(([key, value]) => `${key} = ${value}`).join(", ")} }`),
  ),
})).value;
const line = fc.oneof(
  fc.tuple(blank, dotted, value, comment).map(([indent, key, value, comment]) =>
    `${indent}${key}=${value}${comment}`
  ),
  fc.tuple(blank, dotted, comment).map(([indent, key, comment]) => `${indent}[ ${key} ]${comment}`),
  fc.tuple(blank, dotted, comment).map(([indent, key, comment]) => `${indent}[[${key}]]${comment}`),
  fc.tuple(blank, comment).map((both) => both.join("")),
);

/** Texts of TOML in all its ways of writing; what of them no parser takes is left out. */
const toml = fc.tuple(
  fc.array(line, { maxLength: 8 }),
  fc.constantFrom("\n", "\r\n"),
  fc.boolean(),
  fc.constantFrom("", "\ufeff"),
).map(([lines, newline, ended, mark]) => {
  const text = lines.join("\n").replaceAll("\n", newline);
  return mark + text + (ended && lines.length > 0 ? newline : "");
}).filter(isToml);

/** Words as `key` gives them, and new ones. */
const path = fc.array(fc.constantFrom("a", "b", "c", "a.b", "c d", "new", "né w"), {
  minLength: 1,
  maxLength: 3,
});

function isToml(text: string): boolean {
  try {
    parseDocument(text, SOURCE);
    read(text);
    return true;
  } catch {
    return false;
  }
}

function read(text: string): unknown {
  return parse(text.replace(/^\ufeff/, ""), { integersAsBigInt: true });
}

/** What an edit gives; undefined where something else is in the way. */
function attempt(edit: () => string): string | undefined {
  try {
    return edit();
  } catch (error) {
    if (error instanceof Failure && error.code === "toml-field") return undefined;
    throw error;
  }
}

function valueAtPath(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, word) => (inner as Record<string, unknown>)?.[word], tree);
}

Deno.test("what is put under a new name and taken out again leaves every byte as it was", () => {
  fc.assert(
    fc.property(toml, path, fc.array(path, { maxLength: 3 }), (text, above, below) => {
      const table = [...above, NEW];
      let edited: string | undefined = text;
      for (const path of [["x"], ...below]) {
        const now: string = edited;
        edited = attempt(() => setValue(now, SOURCE, [...table, ...path], 'é"\n', MARK));
        if (edited === undefined) return;
      }
      assert.notEqual(edited, text);
      assert.equal(remove(edited, SOURCE, table), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a value that is set is there, the others are as they were, and a second time changes nothing", () => {
  fc.assert(
    fc.property(toml, path, fc.constantFrom("v", true, 7, ["a", "b"]), (text, path, value) => {
      const edited = attempt(() => setValue(text, SOURCE, path, value, MARK));
      if (edited === undefined) return;
      const found = valueAtPath(read(edited), path);
      assert.deepEqual(typeof found === "bigint" ? Number(found) : found, value);
      assert.equal(setValue(edited, SOURCE, path, value, MARK), edited);
      const without = (text: string) => read(remove(text, SOURCE, path));
      assert.equal(stringify(pruned(without(edited))), stringify(pruned(without(text))));
    }),
    { numRuns: 500 },
  );
});

/** Without empty tables, which a removal leaves or takes as they were written. */
function pruned(tree: unknown): Record<string, unknown> {
  const pairs = Object.entries(tree as object).map((
    [key, value],
  ) => [key, isTable(value) ? pruned(value) : value]);
  return Object.fromEntries(
    pairs.filter(([, value]) => !isTable(value) || Object.keys(value as object).length > 0),
  );
}

function isTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

Deno.test("only one run of bytes differs after a value was set", () => {
  fc.assert(
    fc.property(toml, path, (text, path) => {
      const edited = attempt(() => setValue(text, SOURCE, path, "v", MARK));
      if (edited === undefined) return;
      let start = 0;
      while (start < text.length && text[start] === edited[start]) start++;
      let end = 0;
      while (end < text.length - start && text.at(-1 - end) === edited.at(-1 - end)) end++;
      const gone = text.slice(start, text.length - end);
      const wasThere = valueAtPath(read(text), path) !== undefined;
      // A new line is an insertion; a value that stood there is replaced, and nothing around it.
      assert.ok(gone === "" || wasThere, gone);
      if (wasThere) assert.ok(edited.slice(start, edited.length - end).length <= '"v"'.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a word that is added to a list and taken out again leaves every byte as it was", () => {
  const element = fc.tuple(
    fc.constantFrom('"a"', "'b'", '"""c"""', "{append = true}", "[1]"),
    blank,
    comment,
  );
  const list = fc.tuple(fc.array(element, { maxLength: 3 }), fc.boolean(), fc.boolean(), blank).map(
    ([elements, many, trailing, indent]) => {
      const last = elements.length - 1;
      if (!many) {
        return `[${elements.map(([text, blank]) => text + blank).join(",")}${
          trailing && last >= 0 ? "," : ""
        }]`;
      }
      return `[\n${
        elements.map(([text, blank, comment], index) =>
          `${indent}${text}${blank}${index < last || trailing ? "," : ""}${comment}\n`
        ).join("")
      }${indent}]`;
    },
  );
  fc.assert(
    fc.property(list, fc.constantFrom("\n", "\r\n"), comment, (list, newline, comment) => {
      const text = `x = ${list}${comment}\ny = 1`.replaceAll("\n", newline);
      const before = (read(text) as { x: unknown[] }).x;
      const edited = addToList(text, SOURCE, ["x"], "ours");
      assert.deepEqual((read(edited) as { x: unknown[] }).x, [...before, "ours"]);
      assert.equal(addToList(edited, SOURCE, ["x"], "ours"), edited);
      assert.equal(removeFromList(edited, SOURCE, ["x"], "ours"), text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("whatever a text is, it is edited or refused with file and line", () => {
  const pieces = fc.array(
    fc.oneof(
      line,
      fc.constantFrom("[", "]", "{", "=", '"', "'''", "\n", "\r", "\\u", "\ufeff"),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 10 },
  ).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(pieces, path, (text, path) => {
      try {
        setValue(text, SOURCE, path, "v", MARK);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        assert.match(error.message, /^config\.toml:\d+/);
      }
    }),
    { numRuns: 500 },
  );
});
