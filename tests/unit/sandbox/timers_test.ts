/** The timers that plugins have; they stay in place for all of this file. */
import assert from "node:assert/strict";
import { replaceTimers } from "../../../mod/sandbox/timers.ts";

replaceTimers();

Deno.test("a timer runs its function with its arguments", async () => {
  assert.equal(await new Promise((resolve) => setTimeout(resolve, 0, "argument")), "argument");
});

Deno.test("timers run in the order of their delays", async () => {
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    setTimeout(() => (ran.push("late"), resolve()), 30);
    setTimeout(() => ran.push("soon"), 1);
  });
  assert.deepEqual(ran, ["soon", "late"]);
});

Deno.test("a timer that was stopped does not run", async () => {
  let ran = false;
  clearTimeout(setTimeout(() => ran = true, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(ran, false);
});

Deno.test("an interval runs again and again until it stops itself", async () => {
  let ran = 0;
  await new Promise<void>((resolve) => {
    const id = setInterval(() => {
      if (++ran < 3) return;
      clearInterval(id);
      resolve();
    }, 1);
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(ran, 3);
});

Deno.test("stopping what is no timer does nothing", () => {
  for (const id of [undefined, 0, 99_999, -1]) clearTimeout(id);
});

for (const delay of [undefined, -5, NaN, Infinity, "1"]) {
  Deno.test(`a delay of ${delay} is soon`, async () => {
    assert.equal(await new Promise((resolve) => setTimeout(resolve, delay as number, "ran")), "ran");
  });
}

Deno.test("a timer of text makes no code", () => {
  assert.throws(() => setTimeout("1" as never), /not made from text/);
  assert.throws(() => setInterval("1" as never), /not made from text/);
});
