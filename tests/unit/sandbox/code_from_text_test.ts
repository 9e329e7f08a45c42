/** What this file refuses stays refused for all of it. */
import assert from "node:assert/strict";
import { refuseCodeFromText } from "../../../mod/sandbox/code_from_text.ts";

refuseCodeFromText();

const WAYS: Record<string, () => unknown> = {
  "Function": () => new Function("return 1"),
  "Function without new": () => Function("return 1"),
  "a function's constructor": () => (() => {}).constructor("return 1"),
  "an async function's constructor": () => (async () => {}).constructor("return 1"),
  "a generator's constructor": () => (function* () {}).constructor("return 1"),
  "eval": () => (0, eval)("1"),
};

for (const [name, way] of Object.entries(WAYS)) {
  Deno.test(`${name} makes no code`, () => assert.throws(way, /not made from text/));
}

Deno.test("a function is one all the same", () => {
  assert.ok((() => {}) instanceof Function);
  assert.equal((() => 1).bind(null)(), 1);
});
