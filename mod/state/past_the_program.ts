/**
 * Creates that have no journal entry, because the program has not planned them: those that the launcher lets pass while
 * the bypass is on or stops by itself (the program is gone, was killed), and those whose command line cannot be read.
 *
 *     RUN/past-the-program    a line for each: TIME bypassed|refused ID WHY; "-" for an id that is not known
 *
 * A shell appends to it (wrapper/launcher.sh), so it is as simple as that. Nothing that is written here is in anybody's
 * way.
 */
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { addToTotals } from "./totals.ts";
import { visible } from "../visible.ts";

/** Name of the file in the run folder. */
export const PAST_THE_PROGRAM = "past-the-program";

/** What such a create came to. */
export interface PastCreate {
  /** Milliseconds since 1970. */
  at: number;
  outcome: "bypassed" | "refused";
  id?: string;
  why: string;
}

/** Bytes: above them the older half goes at the next sweep. */
const LIMIT = 256 * 1024;
/** Bytes that are read at most, should nothing have swept for long. */
const READ_LIMIT = 64 * 1024 * 1024;
const WHAT = "record of creates past the program";
const LINE = /^(\S+) (bypassed|refused) (\S+) (.*)$/;

function pathOf(host: Host): string {
  return `${runFolder(host)}/${PAST_THE_PROGRAM}`;
}

/** Writes one down; never throws. */
export function notePast(host: Host, outcome: PastCreate["outcome"], why: string): void {
  const time = new Date(host.now()).toISOString().replace(/\.\d+Z$/, "Z");
  try {
    makePrivateFolder(host, runFolder(host));
    using file = host.append(pathOf(host), 0o600);
    file.write(new TextEncoder().encode(`${time} ${outcome} - ${visible(why)}\n`));
  } catch {
    // What is refused is told to the engine all the same.
  }
}

/** Lists them, the newest first; none where they cannot be read. */
export function readPast(host: Host): PastCreate[] {
  return parse(textOf(host)).reverse();
}

function parse(text: string): PastCreate[] {
  return text.split("\n").flatMap((line) => {
    const [, time, outcome, id, why] = LINE.exec(line) ?? [];
    const at = Date.parse(time ?? "");
    if (Number.isNaN(at)) return [];
    return [{ at, outcome: outcome as PastCreate["outcome"], ...(id === "-" ? {} : { id }), why: why! }];
  });
}

function textOf(host: Host): string {
  try {
    return new TextDecoder().decode(readTrusted(host, pathOf(host), WHAT, READ_LIMIT).bytes);
  } catch {
    return "";
  }
}

/** Keeps it bounded. A line that a shell appends at this very moment may be lost with the older half. */
export function sweepPast(host: Host): void {
  if ((host.lstat(pathOf(host))?.size ?? 0) <= LIMIT) return;
  const text = textOf(host);
  const end = text.indexOf("\n", text.length - LIMIT / 2) + 1;
  const newer = text.slice(end);
  addToTotals(host, [], parse(text.slice(0, end)));
  replaceFile(host, pathOf(host), WHAT, new TextEncoder().encode(newer), {
    temporary: `${pathOf(host)}.${host.randomToken()}`,
    mode: 0o600,
    durable: false,
  });
}
