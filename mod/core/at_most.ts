/**
 * Works on all items, `count` of them at a time.
 *
 * @returns what came of each, in the order of the items
 *
 * @example
 * ```ts
 * import { atMost } from "./at_most.ts";
 * await atMost(2, [1, 2, 3], (item) => Promise.resolve(item * 2)); // [2, 4, 6]
 * ```
 */
export async function atMost<T, R>(
  count: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  // All workers take from one iterator.
  const left = items.entries();
  const worker = async () => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
  return results;
}
