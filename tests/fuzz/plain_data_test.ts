import assert from "node:assert/strict";
import fc from "fast-check";
import { type Json, takeApart } from "../../mod/core/plain_data.ts";
import { parseJsonObject } from "../../mod/text/json/json_text.ts";
import { writeExactJson } from "../../mod/text/json/exact.ts";
import { readTaggedJson } from "../../mod/text/json/read_tagged.ts";
import { writeTaggedJson } from "../../mod/text/json/write_tagged.ts";

const key = fc.oneof(fc.string(), fc.constantFrom("$bigint", "$$bigint", "__proto__", "toJSON", "\\", '"'));

/** Plain data as plugins may answer it; -0 is none, since it becomes 0. */
const data = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.array(tie("any")),
    fc.array(fc.tuple(key, tie("any"))).map((members) => Object.fromEntries(members)),
  ),
})).any;

Deno.test("plain data taken apart is equal to what it was, and shares nothing with it", () => {
  fc.assert(fc.property(data, (value) => {
    const copy = takeApart(value, "value", 1024 * 1024);
    assert.deepEqual(copy, value);
    if (typeof value === "object" && value !== null) assert.notEqual(copy, value);
  }));
});

Deno.test("whatever plain data is written into a file of ours is read back as it was", () => {
  fc.assert(fc.property(data, (value) => {
    assert.deepEqual(readTaggedJson(writeTaggedJson(value), "text"), value);
  }));
});

Deno.test("a bigint that others read has all of its digits", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
    const read = parseJsonObject(writeExactJson({ value }, 2), "text").value.value;
    assert.equal(BigInt(read as number), value);
  }));
});
