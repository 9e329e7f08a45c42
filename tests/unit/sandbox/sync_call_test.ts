import assert from "node:assert/strict";
import { answerCall, callBuffer, waitForAnswer } from "../../../mod/sandbox/sync_call.ts";

for (const answer of [{}, { value: "wörd" }, { value: [1, null] }, { value: "x".repeat(20_000_000) }]) {
  Deno.test(`an answer of ${JSON.stringify(answer).length} characters arrives as it was`, () => {
    const buffer = callBuffer();
    answerCall(buffer, answer);
    assert.deepEqual(waitForAnswer(buffer), answer);
  });
}

Deno.test("a file with a number of 64 bits, or a value that was kept as one, ended a worker that asked for it", () => {
  const buffer = callBuffer();
  answerCall(buffer, { value: { limit: 2n ** 64n - 1n } });
  assert.deepEqual(waitForAnswer(buffer), { value: { limit: 2n ** 64n - 1n } });
});
