import assert from "node:assert/strict";
import { wholeNumber } from "../../../mod/edits/fields.ts";

const WIDE = { smallest: 0, largest: 2n ** 64n - 1n, what: "a limit" };

Deno.test("a whole number is a number or a bigint, up to both ends of its range", () => {
  for (const value of [0, 0n, 1, 2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    assert.equal(wholeNumber(value, "soft", WIDE), value);
  }
});

Deno.test("a number beyond 2^53 lost its last digits before it was written", () => {
  assert.throws(() => wholeNumber(2 ** 60, "soft", WIDE), /soft is beyond 2\^53, .* write it as a bigint/);
  for (const value of [-1, -1n, 0.5, 2n ** 64n, 2 ** 64, "1", null, undefined, true, NaN]) {
    assert.throws(() => wholeNumber(value, "soft", WIDE), /soft must be a limit$/, String(value));
  }
});
