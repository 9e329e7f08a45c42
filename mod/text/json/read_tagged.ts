/** Reading what write_tagged.ts wrote. */
import { parseJson } from "./json_text.ts";
import { hasTag, TAG, withKeys } from "./write_tagged.ts";

/**
 * Reads the value of a text that {@linkcode writeTaggedJson} wrote.
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
