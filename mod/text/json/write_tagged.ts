/**
 * JSON that gives back what was written, bigints included: for files of our own.
 *
 * A bigint is written as `{"$bigint":"18446744073709551615"}`, whatever its size, since a number 1 and a bigint 1 are
 * different to who gets them back. A key `$bigint` of somebody else gets one more `$` in front, and loses it again.
 */

/** The key of an object that stands for a bigint. */
export const TAG = "$bigint";

/**
 * Writes a value as tagged JSON.
 *
 * @example
 * ```ts
 * import { writeTaggedJson } from "./write_tagged.ts";
 * writeTaggedJson({ soft: 2n ** 64n - 1n }); // {"soft":{"$bigint":"18446744073709551615"}}
 * ```
 */
export function writeTaggedJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return new Tagged(part);
    return hasTag(part) && !(part instanceof Tagged) ? withKeys(part, (key) => `$${key}`) : part;
  });
}

/** A bigint on its way into a text. */
class Tagged {
  readonly [TAG]: string;
  constructor(value: bigint) {
    this[TAG] = `${value}`;
  }
}

/** Whether one of its keys is the tag, with any number of `$` in front. */
export function hasTag(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).some(isTag);
}

function isTag(key: string): boolean {
  return /^\$+bigint$/.test(key);
}

/** Copies an object, with the keys renamed that are the tag with any number of `$` in front. */
export function withKeys(
  value: Record<string, unknown>,
  rename: (key: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [isTag(key) ? rename(key) : key, part]),
  );
}
