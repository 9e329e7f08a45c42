/** What is at the place of an item, compared with what is to be there. */
import { readFile } from "../host/files.ts";
import { foreignFiles } from "../host/foreign_files.ts";
import type { Host, OpenFile } from "../host/host.ts";
import { sha256 } from "../core/sha256.ts";
import { folderOf, nameOf } from "../core/path.ts";
import { HOOK_SCRIPT } from "../entry_points.ts";
import type { InstalledItem } from "./record.ts";
import { DOCUMENTATION } from "./places.ts";
import { damagedFiles } from "./version_files.ts";

/** What stands at a path. "other" is something else than the item. */
export type Look = "absent" | "same" | "other";

/** The program's own name, in the folder of a version. */
export const PROGRAM_NAME = "container-hooks";

/** Bytes; the larger form of the program has some 110 MB. */
export const FILE_LIMIT = 1024 * 1024 * 1024;

/** Looks at the place of `item`. @throws {Failure} file-unreadable */
export async function look(host: Host, item: InstalledItem): Promise<Look> {
  const status = host.lstat(item.path);
  if (!status) return "absent";
  switch (item.kind) {
    case "folder":
      // The administrator may have made it a link to another disk.
      return host.lstat(host.realPath(item.path) ?? item.path)?.kind === "a folder" ? "same" : "other";
    case "link":
      return status.kind === "a symbolic link" && host.readLink(item.path) === item.target ? "same" : "other";
    case "file":
      if (status.kind !== "a regular file" || status.mode !== item.mode) return "other";
      if (status.uid !== host.uid()) return "other";
      return await holds(host, item.path, item.sha256) ? "same" : "other";
    case "version":
      if (status.kind !== "a folder") return "other";
      // Deno loads what it finds in its cache as code.
      if (foreignFiles(host, item.path).length > 0) return "other";
      if (item.hook && !await holds(host, `${item.path}/${HOOK_SCRIPT}`, item.hook)) return "other";
      return await isWhole(host, `${item.path}/${PROGRAM_NAME}`, item.sha256) ? "same" : "other";
  }
}

async function isWhole(host: Host, program: string, hash: string): Promise<boolean> {
  return await holds(host, program, hash) && (await damagedFiles(host, program)).length === 0;
}

async function holds(host: Host, path: string, hash: string): Promise<boolean> {
  if (host.lstat(path)?.kind !== "a regular file") return false;
  return await sha256(readFile(host, path, "installed file", FILE_LIMIT).bytes) === hash;
}

/** What every compiled form holds somewhere, of whatever version: Deno's mark, our names. */
const COMPILED = ["d3n0l4nd", "container-hooks/plugin", "container-hooks-runtime"];
const ELF = "\x7fELF";
/** Bytes that are looked at together. */
const CHUNK = 4 * 1024 * 1024;

/** Whether a folder of this name, a checksum, can be that of a version. */
export function isVersionName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

/** Bytes of a text that tell whose it is. */
const START = 512;

/** Beginnings of our scripts and documents, of whatever version. */
const STARTS = [
  /^#!\/bin\/sh\n# (container-hooks [^\n]*, portable form|The (OCI runtime|hook) of container-hooks )/,
  /^# (bash|fish) completion for container-hooks[\w-]*, written by "container-hooks /,
  /^#compdef container-hooks\n# Written by "container-hooks /,
  /^\.TH CONTAINER\\-HOOKS\S* [58] /,
];

/**
 * Whether a file that no installation has on record is ours all the same: copied by hand, as a link to the
 * program, or left by a record that was lost.
 *
 * @param self The running file, if it is in the root.
 */
export function isOurs(host: Host, path: string, self: string | undefined): boolean {
  const kind = host.lstat(path)?.kind;
  if (kind === "a regular file") return path.includes(`/${DOCUMENTATION}/`) || isOurFile(host, path, self);
  if (kind !== "a symbolic link") return false;
  // Its name says nothing: somebody else's program may be called as ours is.
  const end = host.realPath(path) ?? host.readLink(path);
  if (nameOf(end) === PROGRAM_NAME && isVersionName(nameOf(folderOf(end)))) return true;
  return host.lstat(end)?.kind === "a regular file" && isOurFile(host, end, self);
}

function isOurFile(host: Host, path: string, self: string | undefined): boolean {
  const status = host.lstat(path);
  const own = self === undefined ? undefined : host.lstat(self);
  if (status && own && own.device === status.device && own.inode === status.inode) return true;
  using file = host.open(path);
  const buffer = new Uint8Array(START);
  const start = new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
  return STARTS.some((pattern) => pattern.test(start)) || (start.startsWith(ELF) && isCompiled(file));
}

/** Whether all marks are in what is left of the file: by its bytes alone another version cannot be told. */
function isCompiled(file: OpenFile): boolean {
  const missing = new Set(COMPILED);
  const longest = Math.max(...COMPILED.map((mark) => mark.length));
  const buffer = new Uint8Array(CHUNK);
  const decoder = new TextDecoder("latin1");
  let end = "";
  for (let count = file.read(buffer); count !== undefined; count = file.read(buffer)) {
    // A mark may lie across two pieces.
    const piece = end + decoder.decode(buffer.subarray(0, count));
    for (const mark of missing) if (piece.includes(mark)) missing.delete(mark);
    if (missing.size === 0) return true;
    end = piece.slice(-longest);
  }
  return false;
}
