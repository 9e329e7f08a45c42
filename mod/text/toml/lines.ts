/**
 * Putting lines into a text and taking them out again, so that the second undoes the first to the byte: in
 * texts with LF or CRLF, with a last line that is not ended, empty, or with a byte order mark.
 */

/** Finds how this text ends its lines, by the first of them. */
export function newlineOf(text: string): "\n" | "\r\n" {
  return /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
}

/** Finds the begin of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1) + 1, contentStart(text));
}

/** Finds the end of the line that holds `offset`, its line break included. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Gets the blanks that a line begins with. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))![0];
}

/** Finds where the content starts: behind a byte order mark, which belongs in front of everything. */
export function contentStart(text: string): number {
  return text.startsWith("\ufeff") ? 1 : 0;
}

/**
 * Inserts a line at `offset`, which is where another begins or the text ends.
 *
 * A text whose last line is not ended stays one.
 */
export function insertLine(text: string, offset: number, line: string): string {
  const newline = newlineOf(text);
  const before = text.slice(0, offset);
  const added = beginsLine(text, offset) ? line + newline : newline + line;
  return before + added + text.slice(offset);
}

/** Appends a paragraph at the end, with a blank line before it. */
export function appendBlock(text: string, lines: readonly string[]): string {
  const newline = newlineOf(text);
  const block = lines.join(newline);
  if (text.length === contentStart(text)) return text + block + newline;
  return text.endsWith("\n") ? text + newline + block + newline : text + newline + newline + block;
}

/** Takes out the lines from `start` to `end`, and what {@linkcode insertLine} had to put before them. */
export function removeLines(text: string, start: number, end: number): string {
  const before = text.slice(0, start);
  const unended = end === text.length && !text.endsWith("\n");
  return (unended ? withoutLineBreak(before) : before) + text.slice(end);
}

/** Removes a paragraph with the blank line before it. */
export function removeBlock(text: string, start: number, end: number): string {
  const blank = /(^|\n)\r?\n$/.exec(text.slice(0, start));
  const unended = end === text.length && !text.endsWith("\n");
  const rest = removeLines(text, start, end);
  if (!blank) return rest;
  const before = unended ? withoutLineBreak(text.slice(0, start)) : text.slice(0, start);
  return withoutLineBreak(before) + rest.slice(before.length);
}

function beginsLine(text: string, offset: number): boolean {
  return offset === contentStart(text) || text[offset - 1] === "\n";
}

function withoutLineBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}
