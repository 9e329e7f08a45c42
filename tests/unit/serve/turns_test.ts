import assert from "node:assert/strict";
import { Turns } from "../../../mod/serve/turns.ts";
import { MemoryHost } from "../memory_host.ts";

/** Lets what is ready go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("creates of the service plan in the order in which they came, so many at once", async () => {
  const turns = new Turns(new MemoryHost());
  const taken: Disposable[] = [];
  const order: number[] = [];
  const waiting = [1, 2, 3, 4, 5].map(async (number) => {
    taken.push(await turns.take(2));
    order.push(number);
  });
  await settle();
  assert.deepEqual(order, [1, 2]);
  taken.shift()![Symbol.dispose]();
  await settle();
  assert.deepEqual(order, [1, 2, 3]);
  while (order.length < 5) {
    taken.shift()![Symbol.dispose]();
    await settle();
  }
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
});

Deno.test("a turn that cannot be had is not lost", async () => {
  const host = new MemoryHost();
  const turns = new Turns(host);
  host.fault = (call) => {
    if (call === "lockOneOf") throw new Error("no space left on device");
  };
  for (let again = 0; again < 5; again++) await assert.rejects(turns.take(1));
  host.fault = () => {};
  using _turn = await turns.take(1);
});
