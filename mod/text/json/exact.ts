/** Writing JSON for others to read, in which a bigint is a number with all of its digits. */

/** What V8 has, and TypeScript's library not yet: a number that is written as its text stands. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Writes the JSON of a value, as JSON.stringify writes it but for bigints.
 *
 * @param indent Blanks of one level. Default: all on one line.
 *
 * @example
 * ```ts
 * import { writeExactJson } from "./exact.ts";
 * writeExactJson({ soft: 2n ** 64n - 1n }); // '{"soft":18446744073709551615}'
 * ```
 */
export function writeExactJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? rawJSON(`${part}`) : part, indent);
}
