import assert from "node:assert/strict";
import { answerCall, callBuffer, waitForAnswer } from "../../../mod/sandbox/sync_call.ts";

for (const answer of [{}, { value: "wörd" }, { value: [1, null] }, { value: "x".repeat(20_000_000) }]) {
  Deno.test(`an answer of ${JSON.stringify(answer).length} characters arrives as it was`, () => {
    const buffer = callBuffer();
    answerCall(buffer, answer);
    assert.deepEqual(waitForAnswer(buffer), answer);
  });
}
