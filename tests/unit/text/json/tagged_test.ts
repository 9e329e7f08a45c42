import assert from "node:assert/strict";
import { writeExactJson } from "../../../../mod/text/json/exact.ts";
import { readTaggedJson } from "../../../../mod/text/json/read_tagged.ts";
import { writeTaggedJson } from "../../../../mod/text/json/write_tagged.ts";

const back = (value: unknown) => readTaggedJson(writeTaggedJson(value), "text");

Deno.test("a bigint comes back as a bigint, and a number as a number, whatever their sizes", () => {
  const value = {
    bigints: [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n)],
    numbers: [0, 1, -1, 2 ** 53, 2 ** 64, 1e21, 1e300, 0.1, Number.MAX_VALUE, Number.MIN_VALUE],
  };
  assert.deepEqual(back(value), value);
});

Deno.test("somebody's own key that looks like the tag comes back as it was", () => {
  for (const key of ["$bigint", "$$bigint", "$$$bigint", "bigint", "$bigint2"]) {
    const value = [{ [key]: "7" }, { [key]: 7n, other: { [key]: null } }, { $bigint: 1n, $$bigint: 2 }];
    assert.deepEqual(back(value), value, key);
  }
});

Deno.test("keys that JSON.parse mistakes for others, and __proto__, come back as they were", () => {
  const value = JSON.parse('{"one":{"h":[],"\\\\":0},"__proto__":{"a":1}}');
  value.two = { h: 1, '"': 2n };
  assert.deepEqual(Object.entries(back(value) as object), Object.entries(value));
});

Deno.test("a bigint is tagged as text, so that no reader of JSON rounds it", () => {
  assert.equal(writeTaggedJson({ a: 2n ** 64n - 1n }), '{"a":{"$bigint":"18446744073709551615"}}');
});

Deno.test("what others read has a bigint as the number that it is", () => {
  assert.equal(writeExactJson({ a: [2n ** 64n - 1n, 1n, 1] }), '{"a":[18446744073709551615,1,1]}');
  assert.equal(writeExactJson({ a: -(2n ** 63n) }, 2), '{\n  "a": -9223372036854775808\n}');
});
