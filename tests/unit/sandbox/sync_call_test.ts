import assert from "node:assert/strict";
import { answerCall, askAndWait, callBuffer } from "../../../mod/sandbox/sync_call.ts";

const ANSWERS = [{}, { value: "wörd" }, { value: "x".repeat(20_000_000) }, { value: [1, null] }];

Deno.test("answers arrive as they were, a small one after a large one too", () => {
  const buffer = callBuffer();
  for (const answer of ANSWERS) {
    assert.deepEqual(askAndWait(buffer, () => answerCall(buffer, answer)), answer);
  }
});

Deno.test("an answer that is larger than any may be is an error, and no end of the process", () => {
  const buffer = callBuffer();
  assert.throws(() => answerCall(buffer, { value: "x".repeat(64 * 1024 * 1024) }), RangeError);
});
