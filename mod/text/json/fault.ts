/**
 * Finds what is wrong with a JSON text and where: `JSON.parse` names neither the place of every error nor a
 * key that stands twice. Only text that was already found to be wrong is worth this pass over all tokens.
 */
import { createScanner } from "jsonc-parser";
import { failure, quote } from "../../errors.ts";
import { Token } from "./tokens.ts";
import { dotted } from "./tree.ts";

/** Objects and arrays may be nested this deep. A real config.json stays below 20. */
export const MAX_DEPTH = 512;

/**
 * Throws the first fault of a text; returns where there is none.
 *
 * @param what names the file in messages
 * @throws Failure `json-syntax` for text that is not strict JSON, `json-deep`, `json-duplicate`
 */
export function throwFault(text: string, what: string): void {
  new FaultFinder(text, what).run();
}

/** What the scanner says about a broken token, by its number. */
const TOKEN_ERRORS = [
  "",
  "a comment",
  "a string without an end",
  "an incomplete number",
  "a string with an invalid \\u escape",
  "a string with an invalid escape",
  "a string with a raw control character",
];

class FaultFinder {
  readonly #text: string;
  readonly #what: string;
  readonly #scanner: ReturnType<typeof createScanner>;
  /** Token that is looked at, as a number of {@linkcode Token}. */
  #token = 0;
  /** Where it starts. */
  #start = 0;
  /** Keys and indices down to the value being read; entries beyond the current depth are stale. */
  readonly #path: (string | number)[] = [];

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
    this.#scanner = createScanner(text);
  }

  run(): void {
    this.#next();
    this.#value(0);
    if (!this.#is(Token.end)) this.#unexpected("nothing more");
  }

  #next(): void {
    do this.#token = this.#scanner.scan(); while (this.#is(Token.blanks) || this.#is(Token.lineBreak));
    this.#start = this.#scanner.getTokenOffset();
    const error = this.#scanner.getTokenError();
    if (error !== 0) this.#syntax(TOKEN_ERRORS[error] ?? "an invalid token");
  }

  #is(token: number): boolean {
    return this.#token === token;
  }

  /** `depth` is the number of containers around it. */
  #value(depth: number): void {
    switch (this.#token) {
      case Token.openBrace:
        return this.#object(depth);
      case Token.openBracket:
        return this.#array(depth);
      case Token.string:
      case Token.number:
      case Token.true:
      case Token.false:
      case Token.null:
        return this.#next();
      default:
        return this.#unexpected("a value");
    }
  }

  #object(depth: number): void {
    this.#enter(depth);
    const keys = new Set<string>();
    if (!this.#is(Token.closeBrace)) {
      do this.#member(depth, keys); while (this.#comma());
    }
    this.#leave(Token.closeBrace, 'a comma or "}"');
  }

  #member(depth: number, keys: Set<string>): void {
    if (!this.#is(Token.string)) this.#unexpected("a key in double quotes");
    const key = this.#scanner.getTokenValue();
    this.#path[depth] = key;
    if (keys.has(key)) this.#duplicate(key, depth);
    keys.add(key);
    this.#next();
    if (!this.#is(Token.colon)) this.#unexpected("a colon");
    this.#next();
    this.#value(depth + 1);
  }

  #array(depth: number): void {
    this.#enter(depth);
    let index = 0;
    if (!this.#is(Token.closeBracket)) {
      do {
        this.#path[depth] = index++;
        this.#value(depth + 1);
      } while (this.#comma());
    }
    this.#leave(Token.closeBracket, 'a comma or "]"');
  }

  #enter(depth: number): void {
    if (depth === MAX_DEPTH) {
      throw failure("json-deep", { what: this.#what, limit: MAX_DEPTH, ...this.#place() });
    }
    this.#next();
  }

  #leave(bracket: number, expected: string): void {
    if (!this.#is(bracket)) this.#unexpected(expected);
    this.#next();
  }

  #comma(): boolean {
    if (!this.#is(Token.comma)) return false;
    this.#next();
    return true;
  }

  #unexpected(expected: string): never {
    const token = this.#text.slice(this.#start, Math.min(this.#scanner.getPosition(), this.#start + 40));
    this.#syntax(`expected ${expected}, found ${this.#is(Token.end) ? "the end" : quote(token)}`);
  }

  #syntax(why: string): never {
    throw failure("json-syntax", { what: this.#what, why, ...this.#place() });
  }

  #place(): { line: number; column: number } {
    return lineAndColumn(this.#text, this.#start);
  }

  #duplicate(key: string, depth: number): never {
    const path = dotted(this.#path.slice(0, depth + 1));
    throw failure("json-duplicate", {
      what: this.#what,
      key,
      path,
      ...this.#place(),
    });
  }
}

/** Both count from 1; columns are UTF-16 units, as editors count them. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
