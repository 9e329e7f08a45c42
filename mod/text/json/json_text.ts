/**
 * Editing of JSON as text: values are spliced in, every other byte stays.
 *
 * An engine's config.json holds what a decoder would spoil: integers beyond 2^53, -0, 1E400, fields that we
 * do not know, the order of keys. So nothing is ever written anew from a parsed value.
 */
import { failure, oneLine } from "../../errors.ts";
import { draftEdits } from "./draft.ts";
import { applyPatches, type TextPatch } from "./patch.ts";
import { MAX_DEPTH, throwFault } from "./fault.ts";
import type { JsonEdit } from "./json_edit.ts";
import { survey } from "./survey.ts";
import { type ObjectNode, rootOf } from "./tree.ts";
import { countKeys, readObject, restoreIntegers } from "./value.ts";
import { writePatches } from "./write.ts";

export type { JsonEdit, JsonPath, JsonValue } from "./json_edit.ts";
export { applyPatches, invertPatches, type TextPatch } from "./patch.ts";

/** Text that was checked: strict JSON (RFC 8259), no key twice in an object, an object at the root. */
export interface JsonText {
  readonly text: string;
  /** Names it in messages: "config.json in /b". */
  readonly what: string;
  /** What `JSON.parse` makes of it, except that an integer which a double cannot hold exactly is a bigint. */
  readonly value: Record<string, unknown>;
  /** Where everything stands in the text. */
  readonly root: ObjectNode;
}

/**
 * Decodes a file's bytes.
 *
 * @param what names the file in messages
 * @throws Failure `json-empty`, `json-bom` or `json-encoding`
 *
 * @example
 * ```ts
 * import { decodeJson } from "./json_text.ts";
 * decodeJson(new Uint8Array([0x7b, 0x7d]), "config.json in /b"); // "{}"
 * ```
 */
export function decodeJson(bytes: Uint8Array, what: string): string {
  if (bytes.length === 0) throw failure("json-empty", { what });
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw failure("json-bom", { what });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw failure("json-encoding", { what }, { cause });
  }
}

/**
 * Checks a text.
 *
 * @param what names the file in messages
 * @throws Failure `json-empty`, `json-syntax`, `json-deep`, `json-duplicate` or `json-not-object`
 *
 * @example
 * ```ts
 * import { parseJsonObject } from "./json_text.ts";
 * parseJsonObject('{"hard":18446744073709551615}', "config.json in /b").value.hard; // 18446744073709551615n
 * ```
 */
export function parseJsonObject(text: string, what: string): JsonText {
  if (/^[ \t\r\n]*$/.test(text)) throw failure("json-empty", { what });
  const seen = survey(text);
  // Before JSON.parse: what recurses into its result, here and in the callers, relies on the bound.
  if (seen.depth > MAX_DEPTH) throwFault(text, what);
  const value = parse(text, what) as Record<string, unknown>;
  const root = rootOf(text);
  if (root.kind !== "object") throw failure("json-not-object", { what, found: kindOf(value) });
  // JSON.parse keeps the last of two equal keys, so the text has more of them than the value.
  if (seen.escapedKeys || countKeys(value) !== seen.keys) throwFault(text, what);
  if (seen.escapedKeys) return { text, what, value: readObject(root), root };
  restoreIntegers(root, value, seen.inexact.values());
  return { text, what, value, root };
}

/**
 * Parses any JSON value with the same care: V8's own JSON.parse mistakes one escaped key for another
 * (nodejs/node#63785), and labels with such keys come from images.
 *
 * @throws Failure `json-empty`, `json-syntax`, `json-deep` or `json-duplicate`; columns of the first line are 4 too high
 *
 * @example
 * ```ts
 * import { parseJson } from "./json_text.ts";
 * parseJson("[1,2]", "list"); // [1, 2]
 * ```
 */
export function parseJson(text: string, what: string): unknown {
  const { value } = parseJsonObject(`{"":${text}}`, what);
  // `1,"b":2` has become two fields; by itself it is no JSON.
  if (Object.keys(value).length !== 1) {
    throw failure("json-syntax", { what, why: "a value is followed by something else", line: 1, column: 1 });
  }
  return value[""];
}

/**
 * Makes edits, in order, in the style of the text: its line ends, its indentation, compact where it is.
 *
 * @returns the new text, and the patches that make it: sorted, not overlapping
 * @throws Failure `json-edit` where an edit does not fit what the text holds, or holds what JSON cannot
 *
 * @example
 * ```ts
 * import { editJson, parseJsonObject } from "./json_text.ts";
 * const json = parseJsonObject('{"process":{"env":["A=1"]}}', "config.json in /b");
 * editJson(json, [{ op: "append", path: ["process", "env"], items: ["B=2"] }]).text;
 * // '{"process":{"env":["A=1","B=2"]}}'
 * ```
 */
export function editJson(json: JsonText, edits: readonly JsonEdit[]): { text: string; patches: TextPatch[] } {
  const patches = writePatches(json.text, draftEdits(json.root, edits, json.what));
  return { text: applyPatches(json.text, patches), patches };
}

/** JSON.parse is the judge: what it refuses is refused, even if no fault is found. */
function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throwFault(text, what);
    const why = oneLine(cause instanceof Error ? cause.message : String(cause));
    throw failure("json-syntax", { what, why, line: 1, column: 1 }, { cause });
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
