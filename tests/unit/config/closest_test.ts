import assert from "node:assert/strict";
import { closest } from "../../../mod/config/closest.ts";

const KNOWN = ["mode", "order", "timeout", "on-error", "isolation"];

const meant: [string, string | undefined][] = [
  ["mode", "mode"],
  ["mod", "mode"],
  ["MODE", "mode"],
  ["ordre", "order"],
  ["onerror", "on-error"],
  ["on_error", "on-error"],
  ["time-out", "timeout"],
  ["isolate", "isolation"],
  ["socket", undefined],
  ["", undefined],
  ["m".repeat(100_000), undefined],
];

for (const [written, known] of meant) {
  Deno.test(`by "${written.slice(0, 20)}" is meant ${known ?? "nothing"}`, () => {
    assert.equal(closest(written, KNOWN), known);
  });
}

Deno.test("of two words as close the first is meant", () => {
  assert.equal(closest("cat", ["bat", "hat"]), "bat");
});
