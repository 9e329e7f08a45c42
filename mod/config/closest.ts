/** Which known word somebody meant who wrote another one. */

/**
 * Gets the known word with the fewest letters to change, where those are at most a third of what was written.
 *
 * Case does not count, and a tie goes to the first.
 *
 * @example
 * ```ts
 * import { closest } from "./closest.ts";
 * closest("log_level", ["log-format", "log-level"]); // "log-level"
 * closest("colour", ["log-format", "log-level"]); // undefined
 * ```
 */
export function closest(written: string, known: readonly string[]): string | undefined {
  // Nobody means a short word by a long one; and what takes quadratic time must not be as long as a file.
  if (written.length > 64) return undefined;
  let best: string | undefined;
  let fewest = Math.ceil(written.length / 3);
  for (const word of known) {
    const changes = changesBetween(written.toLowerCase(), word.toLowerCase());
    if (changes < fewest || (changes === fewest && best === undefined)) [best, fewest] = [word, changes];
  }
  return best;
}

/** Levenshtein's distance, one row of its table at a time. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
