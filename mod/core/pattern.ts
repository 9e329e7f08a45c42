/**
 * Regular expressions that take linear time: a container chooses the texts that they are tried on, and a
 * backtracking one could be made to run for hours at each create.
 *
 * V8's linear engine is asked for with the flag `l`, which exists where the program was built with
 * `--enable-experimental-regexp-engine`; both built forms are. Run from source without it, the same patterns
 * are accepted and a backtracking engine tries them.
 */

/** What is recognised: escapes and classes as a whole, so that nothing inside them is taken for a group. */
const TOKEN = /\\(?:[kpP][<{])?[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:<?[=!]|[a-zA-Z-]+[:)])/g;

/**
 * Compiles a pattern, unanchored, without flags.
 *
 * @throws {SyntaxError} with a message that continues "the pattern ..."
 *
 * @example
 * ```ts
 * import { linearPattern } from "./pattern.ts";
 * linearPattern("^(yes|true)$").test("yes"); // true
 * ```
 */
export function linearPattern(pattern: string): RegExp {
  for (const [token] of pattern.matchAll(TOKEN)) refuse(token);
  try {
    return new RegExp(pattern, flags());
  } catch (error) {
    // "Invalid regular expression: /a(/l: Unterminated group"
    const why = (error as Error).message.split(": ").at(-1)!;
    throw new SyntaxError(`is not a regular expression that takes linear time: ${why.toLowerCase()}`);
  }
}

function refuse(token: string): void {
  if (/^\(\?<?[=!]/.test(token)) throw new SyntaxError(`has ${token}, and looking around is not linear`);
  if (/^\(\?/.test(token)) {
    throw new SyntaxError(`has ${token}, and flags do not exist here; write [Aa] for both`);
  }
  if (/^\\(?:[1-9]|k<)/.test(token)) throw new SyntaxError(`has ${token}, and going back is not linear`);
  // Without the flag `u`, which the linear engine lacks, \p{L} would silently mean the text "p{L}".
  if (/\\[pP]\{/.test(token)) throw new SyntaxError("has \\p{...}, and classes of Unicode do not exist here");
}

const LINEAR = "l";

let flag: string | undefined;

/** The flag of the linear engine, or none where this V8 does not have it. */
function flags(): string {
  return flag ??= isFlag(LINEAR) ? LINEAR : "";
}

function isFlag(letter: string): boolean {
  try {
    new RegExp("", letter);
    return true;
  } catch {
    return false;
  }
}
