/** Differences between two texts, as `diff -u` prints them. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Host } from "../../host/host.ts";
import { inColour, wantsColour } from "./colour.ts";

/** What git colours them with. */
const COLOURS: [start: RegExp, colour: number][] = [[/^(---|\+\+\+) /, 1], [/^@@/, 36], [/^\+/, 32], [
  /^-/,
  31,
]];

/**
 * Makes a unified diff; "" where there is no difference.
 *
 * @param before Undefined where the file is not there yet; it is called /dev/null then.
 * @param after Undefined where it is not there any more.
 */
export function unifiedDiff(file: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return "";
  const [from, to] = [before, after].map((text) => text === undefined ? "/dev/null" : file);
  const options = { headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from!, to!, before ?? "", after ?? "", undefined, undefined, options);
}

/** Prints a diff, in colour where {@linkcode wantsColour} says so. */
export function printDiff(host: Host, diff: string): void {
  host.stdout(wantsColour(host) ? diff.replace(/^.+$/gm, colourLine) : diff);
}

function colourLine(line: string): string {
  const colour = COLOURS.find(([start]) => start.test(line))?.[1];
  return colour === undefined ? line : inColour(line, colour);
}
