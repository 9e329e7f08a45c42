import assert from "node:assert/strict";
import { fitColumns } from "../../../../mod/cli/kit/fit_columns.ts";

const ROW = ["1517b28ba919", "confident_dijkstra", "2026-11-28T12:34:30Z", "unchanged"];

Deno.test("a time was broken at its dashes, in each row, where a long name can give way", () => {
  assert.deepEqual(fitColumns([ROW], 60, 2), [undefined, 13, undefined, undefined]);
});

Deno.test("a table that fits, or that goes to no terminal, stays as it is", () => {
  for (const terminal of [65, undefined]) {
    assert.deepEqual(fitColumns([ROW], terminal, 2), [undefined, undefined, undefined, undefined]);
  }
});

Deno.test("no column becomes narrower than eight, however narrow the terminal", () => {
  assert.deepEqual(fitColumns([["a text of many words", "b"]], 5, 2), [8, undefined]);
});
