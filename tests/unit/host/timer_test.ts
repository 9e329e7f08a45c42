import assert from "node:assert/strict";
import { after, nextTurn, pause } from "../../../mod/host/timer.ts";

Deno.test("what is disposed of is not called", async () => {
  let called = false;
  after(1, () => called = true)[Symbol.dispose]();
  await pause(20);
  assert.equal(called, false);
});

Deno.test("a pause lasts as long as it was asked to", async () => {
  const before = performance.now();
  await pause(30);
  assert.ok(performance.now() - before >= 29);
});

Deno.test("a pause of 25 days, more than the system's timer can count, does not end at once", async () => {
  let ended = false;
  using _timer = after(25 * 24 * 60 * 60 * 1000, () => ended = true);
  await pause(20);
  assert.equal(ended, false);
});

Deno.test("a rejection that nobody handles has been reported by the next turn, always", async () => {
  let reported = 0;
  const count = (event: PromiseRejectionEvent) => (event.preventDefault(), reported++);
  addEventListener("unhandledrejection", count);
  try {
    for (let turn = 1; turn <= 200; turn++) {
      Promise.reject(new Error("left alone"));
      await nextTurn();
      assert.equal(reported, turn);
    }
  } finally {
    removeEventListener("unhandledrejection", count);
  }
});
