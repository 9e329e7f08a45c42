/**
 * What one cheap pass over the characters of a JSON text can tell, so that the pass over its tokens, which
 * costs several times as much, is left for text that has something wrong.
 *
 * Neither function judges: on text that is not JSON they only come to an end.
 */

/** What {@linkcode survey} saw. */
export interface Survey {
  /** How deep objects and arrays are nested. */
  depth: number;
  /** Colons outside strings, so keys, equal ones included. */
  keys: number;
  /** Whether some key is written with an escape. */
  escapedKeys: boolean;
  /** Offsets of the integers that a double cannot hold exactly. */
  inexact: number[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const [PLUS, MINUS, POINT, SMALL_E] = [0x2b, 0x2d, 0x2e, 0x65];
/** A double holds every integer of so many digits. */
const EXACT_DIGITS = 15;
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Looks at every character outside strings once. */
export function survey(text: string): Survey {
  const seen: Survey = { depth: 0, keys: 0, escapedKeys: false, inexact: [] };
  let depth = 0;
  let key = 0; // where the last string starts: a key, if a colon follows
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      key = at;
      at = endOfString(text, at) - 1;
    } else if (code === COLON) {
      seen.keys++;
      seen.escapedKeys ||= hasBackslash(text, key, at);
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      seen.depth = Math.max(seen.depth, ++depth);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at);
      if (end - at > EXACT_DIGITS && isInexact(text.slice(at, end))) seen.inexact.push(at);
      at = end - 1;
    }
  }
  return seen;
}

/** Finds the end of the object or array that starts at `start`. */
export function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Leaps from quote to quote: most of a config.json is inside strings. */
function endOfString(text: string, start: number): number {
  let quote = start;
  do quote = text.indexOf('"', quote + 1); while (quote !== -1 && isEscaped(text, quote));
  return quote === -1 ? text.length : quote + 1;
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (quote - before) % 2 === 0;
}

/** Searches by steps: keys are short, and V8 moved an indexOf for the next backslash into the loop (2 s for 1 MB). */
function hasBackslash(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (isNumberPart(text.charCodeAt(at))) at++;
  return at;
}

function isNumberPart(code: number): boolean {
  return isDigit(code) || code === MINUS || code === PLUS || code === POINT || (code | 0x20) === SMALL_E;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether a number, as it is written, is an integer that a double cannot hold exactly. */
export function isInexact(source: string): boolean {
  // What has a fraction or an exponent is meant as a double.
  if (!/^-?\d+$/.test(source)) return false;
  const rounded = Number(source);
  return !Number.isFinite(rounded) || BigInt(rounded) !== BigInt(source);
}
