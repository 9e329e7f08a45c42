/** What a plugin threw, with the place in its author's file. */
import { lookAtThrown } from "../core/thrown.ts";
import { LIBRARY_SPECIFIER } from "./library.ts";
import { codeFrame, fileUrl, type Position, type SourceFile } from "./source.ts";

/** The author's files by the name that each has in the cache: "source/plugin.js". */
export type Originals = Record<string, Pick<SourceFile, "name" | "text">>;

/** Something thrown, in the author's terms. */
export interface Explained extends Partial<Position> {
  /** `TypeError: Cannot read properties of undefined`; one that is no `Error` as text. */
  message: string;
  /** What a person can do about it, where the plugin says so. */
  remedy?: string;
  /** The author's file; undefined where the stack never passes through one. */
  file?: string;
  /** The line of code, those beside it, and a mark under the column. */
  frame?: string;
}

/**
 * Finds the topmost place in a plugin's own files. Types were blanked out and nothing moved, so the positions
 * in the cache are the author's.
 *
 * @param cached Where the plugin was loaded from, and the author's folder.
 */
export function explainThrown(
  thrown: unknown,
  cached: { folder: string; root: string },
  originals: Originals,
): Explained {
  const { name, message, stack, remedy } = lookAtThrown(thrown);
  const places = placesIn(`${stack}\n${message}`, cached.folder)
    .filter(({ file }) => Object.hasOwn(originals, file));
  const explained: Explained = { message: inAuthorsTerms(name ? `${name}: ${message}` : message) };
  if (remedy !== undefined) explained.remedy = remedy;
  // Where the stack is full while a function is being compiled, V8 places that at the file's beginning.
  const place = places.find(({ line, column }) => line > 1 || column > 1) ?? places[0];
  if (!place) return explained;
  const original = originals[place.file]!;
  const { line, column } = place;
  const frame = codeFrame(original.text, { line, column });
  return { ...explained, file: `${cached.root}/${original.name}`, line, column, frame };
}

/** Places below a cache folder, in the order in which they are named. */
function placesIn(text: string, folder: string): (Position & { file: string })[] {
  const places = [];
  for (const rest of text.split(`${fileUrl(folder)}/`).slice(1)) {
    const [, file, line, column] = rest.match(/^([^\s():]+):(\d+):(\d+)/) ?? [];
    if (file !== undefined) places.push({ file, line: Number(line), column: Number(column) });
  }
  return places;
}

/** Without what stands there in the cache's terms: Deno writes a syntax error's place and frame into its message. */
function inAuthorsTerms(message: string): string {
  const own = message.replace(/(?:\.\.\/)+library\.js/g, LIBRARY_SPECIFIER);
  if (!/file:\/\/\S+:\d+:\d+/.test(own)) return own;
  return own.split("\n")[0]!.replace(/\s*(?:at )?file:\/\/\S+:\d+:\d+.*$/, "").replace(
    /^TypeError: (?=SyntaxError)/,
    "",
  );
}
