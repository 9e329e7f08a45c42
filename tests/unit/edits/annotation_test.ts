import assert from "node:assert/strict";
import { annotation } from "container-hooks/plugin";
import { assertConflict, described, merged, testRefused } from "./trying.ts";

testRefused([
  ["an annotation without a key", annotation("", "v"), /key" must not be empty/],
  ["a key that is no text", annotation(7 as never, "v"), /key" must be a string, not 7/],
  ["a value that is no text", annotation("k", true as never), /value" must be a string, not true/],
]);

Deno.test("an annotation is added or replaced, and its object made", () => {
  const edits = [annotation("k", "v")];
  assert.deepEqual(merged({}, { plugin: "a", edits }).annotations, { k: "v" });
  assert.deepEqual(merged({ annotations: { k: "1", l: "2" } }, { plugin: "a", edits }).annotations, {
    k: "v",
    l: "2",
  });
});

Deno.test("two plugins that want different values of an annotation are named", () => {
  assertConflict(annotation("k", "1"), annotation("k", "2"), "the annotation k");
});

Deno.test("of an annotation explain shows key and value", () => {
  assert.equal(described(annotation("k", "v")).all, "k=v");
});
