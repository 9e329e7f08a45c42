import assert from "node:assert/strict";
import fc from "fast-check";
import { sourceOf } from "../../../mod/cli/explain/source_of.ts";

const read = (text: string): unknown => new Function(`return ${text};`)();

Deno.test("what is written as TypeScript is the value: any JSON, with bigint, whatever its keys", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value")),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "a-b", "class")), tie("value")),
    ),
  }));
  fc.assert(fc.property(value, (one) => {
    // A dictionary has no prototype, and what is read has one.
    assert.deepEqual(plain(read(sourceOf(one))), plain(one));
  }));
});

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value)
    ? value.map(plain)
    : new Map(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

Deno.test("what is short is on one line, and a field that is undefined is left out", () => {
  assert.equal(sourceOf({ a: [1n, "x"], b: undefined }), '{ a: [1n, "x"] }');
  assert.match(sourceOf({ a: "x".repeat(120) }), /^\{\n {2}a: "x+",\n\}$/);
});
