/** Finding the OCI runtime that does the work, and never ourselves under another name. */
import { SYSTEM_PATH } from "../core/oci.ts";
import { Failure, failure } from "../errors.ts";
import { checkProgram } from "../host/files.ts";
import type { Host, OpenFile } from "../host/host.ts";

/** The line by which a script of ours says what it is: the launcher, the hook, the portable form. */
const OUR_SCRIPT = /^# (The (OCI runtime|hook) of container-hooks |container-hooks \S+, portable form)/m;

/** One of our names as a word of a script, with or without its folder. */
const OUR_NAME = /(?<![^\s"'=;&|(`])(\/[^\s"';&|]*\/)?container-hooks(-runtime[\w.-]*)?(?![^\s"';&|)`])/;

/**
 * Finds the first of `candidates` that is there and is not this program.
 *
 * One that is there and not trusted stops the search: going on to another runtime in silence would lose the
 * containers that the first one runs.
 *
 * @param candidates Names looked up on PATH, or absolute paths.
 * @param self The file of this program.
 * @returns an absolute path, links unresolved: runtimes look at the name that they were called by
 * @throws {Failure} runtime-missing, naming each candidate and what is wrong with it; untrusted
 */
export function findRuntime(host: Host, candidates: readonly string[], self: string): string {
  const why: string[] = [];
  for (const candidate of candidates) {
    const places = candidate.includes("/") ? [candidate] : onPath(host, candidate);
    const problems = places.map((place) => whyNot(host, place, self));
    const usable = problems.indexOf(undefined);
    if (usable >= 0) return places[usable]!;
    why.push(problems[0] ?? "is not on PATH");
  }
  throw failure("runtime-missing", { tried: [...candidates], why });
}

/** What keeps a file from being the runtime; undefined where nothing does. @throws {Failure} untrusted */
function whyNot(host: Host, place: string, self: string): string | undefined {
  try {
    return isSelf(host, checkProgram(host, place, "OCI runtime"), self)
      ? "is container-hooks itself"
      : undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code === "untrusted") throw thrown;
    return thrown.code === "file-missing" ? "does not exist" : thrown.what.replace(/^.*? is /, "is ");
  }
}

/** Lists every executable file of that name, in PATH's order: the first may be ourselves under the runtime's name. */
function onPath(host: Host, name: string): string[] {
  return (host.env("PATH") || SYSTEM_PATH).split(":")
    // An empty or relative entry means the current folder, which a bundle's owner may choose.
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => `${folder.replace(/\/+$/, "")}/${name}`)
    .filter((path) => isExecutable(host, path));
}

/** A folder that we may not look into holds nothing for us: after `su`, PATH is often another user's. */
function isExecutable(host: Host, path: string): boolean {
  try {
    const resolved = host.realPath(path);
    const status = resolved === undefined ? undefined : host.lstat(resolved);
    return status?.kind === "a regular file" && (status.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Ourselves by a symbolic or hard link, as a copy, or as a script that leads back here. */
function isSelf(host: Host, candidate: string, self: string): boolean {
  const own = host.lstat(host.realPath(self) ?? self);
  const other = host.lstat(candidate)!;
  if (own && own.device === other.device && own.inode === other.inode) return true;
  using file = openIfReadable(host, candidate);
  if (!file) return false;
  const start = readStart(file);
  const text = new TextDecoder().decode(start);
  if (text.startsWith("#!")) return OUR_SCRIPT.test(text) || leadsBack(text);
  if (own?.size !== other.size) return false;
  using ours = host.open(self);
  return areSame(readStart(ours), start) && sameRest(ours, file);
}

/** Whether a script calls us by name; one that speaks of us in a comment, or has a file of ours, does not. */
function leadsBack(script: string): boolean {
  return script.split("\n").some((line) => OUR_NAME.test(line.replace(/(^|\s)#.*$/, "")));
}

/** Opens a file. One that may be executed and not read is not us: whoever runs us may read us. */
function openIfReadable(host: Host, path: string): OpenFile | undefined {
  try {
    return host.open(path);
  } catch {
    return undefined;
  }
}

function readStart(file: OpenFile): Uint8Array {
  const buffer = new Uint8Array(4096);
  return buffer.subarray(0, file.read(buffer) ?? 0);
}

/**
 * Compares the rest of two files. Only files of one size get here, which are copies: no runtime is as large as we are
 * to the byte.
 */
function sameRest(a: OpenFile, b: OpenFile): boolean {
  const [left, right] = [new Uint8Array(1 << 20), new Uint8Array(1 << 20)];
  for (;;) {
    const [lengthA, lengthB] = [a.read(left), b.read(right)];
    if (lengthA !== lengthB) return false;
    if (lengthA === undefined) return true;
    if (!areSame(left.subarray(0, lengthA), right.subarray(0, lengthA))) return false;
  }
}

function areSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
