import assert from "node:assert/strict";
import type { HostOutcome } from "../../../mod/sandbox/messages.ts";
import { answerCall, askAndWait, callBuffer, hasBegun, noteBegun } from "../../../mod/sandbox/sync_call.ts";

const ANSWERS: HostOutcome[] = [
  {},
  { value: "wörd" },
  { value: "x".repeat(20_000_000) },
  { value: [1, null] },
  { value: { infinity: 2n ** 64n - 1n, one: 1, $bigint: "of somebody else", inner: [{ $$bigint: 3n }] } },
  { value: new Uint8Array([0, 255, 128, 10]) },
  { value: new Uint8Array() },
  {},
];

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

Deno.test("whether a call has begun is told beside its answers, and of that call alone", () => {
  const buffer = callBuffer();
  assert.equal(hasBegun(buffer, 1), false);
  noteBegun(buffer, 1);
  askAndWait(buffer, () => answerCall(buffer, { value: 2 }));
  assert.equal(hasBegun(buffer, 1), true);
  assert.equal(hasBegun(buffer, 2), false);
});
