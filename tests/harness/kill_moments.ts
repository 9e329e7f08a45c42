/**
 * Moments at which a program changes files, read from a trace of `strace -y`, and kills at each of them.
 *
 * A moment is the nth call of its name on one path: such a count is the same in each run, whatever else the
 * program reads or its threads do.
 */
import { resolve } from "pathe";

/** What is changed by one call, and how strace is told to stop there. */
export interface Moment {
  /** Name of the system call. */
  call: string;
  /** Absolute paths that it makes, changes or removes. */
  targets: string[];
  /** Path by which strace knows it: the descriptor's, or the first one that is written out. */
  traced: string;
  /** Its number among the calls of that name and thread for `traced`, from 1. */
  nth: number;
  /** As strace showed it. */
  line: string;
}

/** Options under which strace writes what {@linkcode momentsOf} reads. */
export function recording(calls: string, output: string): string[] {
  return ["-y", "-qq", `--trace=${calls}`, `--output=${output}`];
}

/** Options under which strace kills the program before the call of a moment is carried out. */
export function killing({ call, traced, nth }: Moment): string[] {
  const inject = `--inject=${call}:signal=KILL:when=${nth}`;
  return ["-qq", `--trace=${call}`, `--trace-path=${traced}`, "--output=/dev/null", inject];
}

/**
 * Lists the calls that succeeded and changed something, in their order.
 *
 * @param trace Calls that name paths or descriptors alone: what `write` writes would be taken for a path.
 */
export function momentsOf(trace: string): Moment[] {
  const counts = new Map<string, number>();
  const count = (key: string) => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
  return trace.split("\n").flatMap((line) => {
    const [, thread = "", call, rest] = /^(?:(\d+) +)?(\w+)\((.*)$/.exec(line) ?? [];
    if (call === undefined || rest === undefined) return [];
    const { targets, traced } = pathsOf(rest);
    // strace counts a call for each path that it names. What a link holds, the first one, is none of its places.
    const numbers = traced.map((path) => count(`${thread} ${call} ${path}`));
    const first = call.startsWith("symlink") ? 1 : 0;
    if (traced[first] === undefined || !hasChanged(call, line)) return [];
    return [{ call, targets: targets.slice(first), traced: traced[first]!, nth: numbers[first]!, line }];
  });
}

function hasChanged(call: string, line: string): boolean {
  if (/ = -1 E[A-Z]+ /.test(line)) return false;
  return !call.startsWith("open") || line.includes("O_CREAT");
}

/** A descriptor with what it is, or a string. */
const ARGUMENT = /\b(AT_FDCWD|\d+)<([^>]*)>|"((?:[^"\\]|\\.)*)"/g;

/** A name belongs to the descriptor in front of it; a descriptor without a name is itself what is changed. */
function pathsOf(args: string): { targets: string[]; traced: string[] } {
  const targets: string[] = [];
  const traced = new Set<string>();
  let folder: string | undefined;
  for (const [, descriptor, opened, name] of args.replace(/\) += .*$/, "").matchAll(ARGUMENT)) {
    if (name === undefined) {
      folder = opened!;
      if (descriptor !== "AT_FDCWD") traced.add(folder);
      continue;
    }
    targets.push(folder === undefined ? name : resolve(folder, name));
    traced.add(name);
    folder = undefined;
  }
  if (folder !== undefined) targets.push(folder);
  return { targets, traced: [...traced] };
}
