/**
 * Texts from outside (names, labels, reasons, paths), made fit for a terminal and for a log that a person reads.
 *
 * What a terminal acts upon, what turns the direction of writing, what breaks a line and what cannot be seen at
 * all is shown as its escape, as JSON and JavaScript write it: "\u202e".
 */

/**
 * Controls (C0, DEL, C1), marks that change direction, line and paragraph ends, half pairs, and what fonts show as
 * nothing: fillers, selectors of variations, a pattern of no dots.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Replaces every such character of a text by its escape.
 *
 * @example
 * ```ts
 * import { visible } from "./visible.ts";
 * visible("a\u202eb\u009b"); // "a\\u202eb\\u009b"
 * ```
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/**
 * Escapes in a JSON text what JSON.stringify leaves as it is; it means the same to whoever parses it.
 *
 * @param json What JSON.stringify made, with its line ends.
 *
 * @example
 * ```ts
 * import { visibleJson } from "./visible.ts";
 * visibleJson(JSON.stringify(["a\u2028b"], null, 2)); // '[\n  "a\\u2028b"\n]'
 * ```
 */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN, (found) => found === "\n" ? found : escapeOf(found));
}

/** Escapes a character, each half of a pair by itself, as JSON does. */
function escapeOf(character: string): string {
  let escapes = "";
  for (let at = 0; at < character.length; at++) {
    escapes += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return escapes;
}
