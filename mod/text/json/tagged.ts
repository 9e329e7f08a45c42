/**
 * JSON that gives back what was written, bigints included: for files of our own.
 *
 * A bigint is written as `{"$bigint":"18446744073709551615"}`, whatever its size, since a number 1 and a bigint 1 are
 * different to who gets them back. A key `$bigint` of somebody else gets one more `$` in front, and loses it again.
 */
import { parseJson } from "./json_text.ts";

const TAG = "$bigint";

/**
 * Writes a value as tagged JSON.
 *
 * @example
 * ```ts
 * import { readTaggedJson, writeTaggedJson } from "./tagged.ts";
 * readTaggedJson(writeTaggedJson({ soft: 2n ** 64n - 1n }), "x"); // { soft: 18446744073709551615n }
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

/**
 * The value of a text that {@linkcode writeTaggedJson} wrote.
 *
 * @param what Names the text in messages.
 * @throws {Failure} where it is no JSON, `json-*`
 */
export function readTaggedJson(text: string, what: string): unknown {
  return untagged(parseJson(text, what));
}

function untagged(value: unknown): unknown {
  // Of ours they are tagged: this was a number of which JSON wrote only the digits that it needs.
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(untagged);
  const digits = (value as Record<string, unknown>)[TAG];
  if (Object.hasOwn(value, TAG)) return BigInt(digits as string);
  const members = Object.entries(value).map(([key, member]) => [key, untagged(member)] as const);
  const plain = Object.fromEntries(members);
  return hasTag(plain) ? withKeys(plain, (key) => key.slice(1)) : plain;
}

/** Whether one of its keys is the tag, with any number of `$` in front. */
function hasTag(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).some(isTag);
}

function isTag(key: string): boolean {
  return /^\$+bigint$/.test(key);
}

function withKeys(value: Record<string, unknown>, rename: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [isTag(key) ? rename(key) : key, part]),
  );
}
