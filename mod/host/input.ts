/** Reading what a runtime hands to a hook. */
import { after } from "./timer.ts";

/**
 * Reads standard input to its end.
 *
 * @param limit Bytes; more than these are not read, and what is returned is longer than the limit.
 * @param timeout Milliseconds.
 * @returns undefined where it did not end within the time
 * @throws what the system says where it cannot be read
 */
export async function readInput(limit: number, timeout: number): Promise<Uint8Array | undefined> {
  const late = Promise.withResolvers<undefined>();
  using _timer = after(timeout, () => late.resolve(undefined));
  return await Promise.race([readAll(limit), late.promise]);
}

async function readAll(limit: number): Promise<Uint8Array> {
  let all = new Uint8Array(16 * 1024);
  let length = 0;
  for (;;) {
    const count = await Deno.stdin.read(all.subarray(length));
    if (count === null) return all.subarray(0, length);
    length += count;
    if (length > limit) return all.subarray(0, length);
    if (length < all.length) continue;
    const larger = new Uint8Array(all.length * 2);
    larger.set(all);
    all = larger;
  }
}
