/** What a plugin threw, with the place in its author's file. */
import { lookAtThrown } from "../core/thrown.ts";
import { LIBRARY_SPECIFIER } from "./library.ts";
import { codeFrame, fileUrl, type Position, positionOf, type SourceFile } from "./source.ts";

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
  const places = placesIn(`${stack}\n${message}`, cached.folder);
  const explained: Explained = { message: inAuthorsTerms(name ? `${name}: ${message}` : message) };
  if (remedy !== undefined) explained.remedy = remedy;
  const place = places.find(({ file }) => Object.hasOwn(originals, file));
  if (!place) return explained;
  const original = originals[place.file]!;
  const { line, column } = knownPosition(place, original.text);
  const frame = codeFrame(original.text, { line, column });
  return { ...explained, file: `${cached.root}/${original.name}`, line, column, frame };
}

/** A place in a file of the cache. */
interface TracedPosition extends Position {
  file: string;
  /** The function that it is in, where it has a name. */
  within?: string;
}

/** Places below a cache folder, in the order in which they are named. */
function placesIn(text: string, folder: string): TracedPosition[] {
  const places: TracedPosition[] = [];
  const parts = text.split(`${fileUrl(folder)}/`);
  for (const [index, rest] of parts.slice(1).entries()) {
    const [, file, line, column] = rest.match(/^([^\s():]+):(\d+):(\d+)/) ?? [];
    const within = parts[index]!.match(/(\w+) \($/)?.[1];
    if (file !== undefined) places.push({ file, line: Number(line), column: Number(column), within });
  }
  return places;
}

/**
 * The place itself; of one that V8 could not find out any more, with the stack full, where its function is made:
 * nothing that is inside of a function stands at the file's first character.
 */
function knownPosition({ line, column, within }: TracedPosition, text: string): Position {
  if (line > 1 || column > 1 || within === undefined) return { line, column };
  const made = text.search(new RegExp(`\\b(?:function|const|let|var)\\s+${within}\\b`));
  const at = made === -1 ? text.search(new RegExp(`\\b${within}\\b`)) : made;
  return at === -1 ? { line, column } : positionOf(text, at);
}

/** Cuts off what speaks of the cache's files: Deno writes a syntax error's place and frame into its message. */
function inAuthorsTerms(message: string): string {
  const own = message.replace(/(?:\.\.\/)+library\.js/g, LIBRARY_SPECIFIER);
  if (!/file:\/\/\S+:\d+:\d+/.test(own)) return own;
  return own.split("\n")[0]!.replace(/\s*(?:at )?file:\/\/\S+:\d+:\d+.*$/, "").replace(
    /^TypeError: (?=SyntaxError)/,
    "",
  );
}
