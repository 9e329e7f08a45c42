import assert from "node:assert/strict";
import { timespec, wholeMilliseconds } from "../../../mod/host/milliseconds.ts";
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

Deno.test("a span of time is whole milliseconds for the system, and never less than it was", () => {
  const spans = [0, 0.2, 766.9900000000052, 1000, 59_999.5, -4, 2 ** 40 + 0.5];
  assert.deepEqual(spans.map(wholeMilliseconds), [0, 1, 767, 1000, 60_000, 0, 2 ** 40 + 1]);
  assert.deepEqual(timespec(59_999.5), [60n, 0n]);
  assert.deepEqual(timespec(766.99), [0n, 767_000_000n]);
  assert.deepEqual(timespec(Infinity)[0], BigInt(Number.MAX_SAFE_INTEGER) / 1000n);
  for (const span of [NaN, "5" as never, undefined as never]) {
    assert.throws(() => wholeMilliseconds(span), RangeError);
  }
});

Deno.test("a pause of a fraction, or of what is over already, is a pause", async () => {
  await pause(0.4);
  await pause(-20.5);
});

Deno.test("spans end in the order of their ends, whatever order they began in, and none ends another", async () => {
  const ended: string[] = [];
  const spans = [60, 20, 40, 20, 5].map((span, index) => after(span, () => ended.push(`${span}:${index}`)));
  spans[4]![Symbol.dispose]();
  await pause(90);
  assert.deepEqual(ended, ["20:1", "20:3", "40:2", "60:0"]);
});

Deno.test("an action that begins another span of nothing has it end in a later turn", async () => {
  const ended: number[] = [];
  const again = (left: number) => void after(0, () => (ended.push(left), left > 0 && again(left - 1)));
  again(3);
  await nextTurn();
  assert.deepEqual(ended, [3]);
  await pause(30);
  assert.deepEqual(ended, [3, 2, 1, 0]);
});
