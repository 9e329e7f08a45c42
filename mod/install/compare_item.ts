/** What is at the place of an item, compared with what is to be there. */
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { sha256 } from "../core/sha256.ts";
import { nameOf } from "../core/path.ts";
import type { Item } from "./record.ts";

/** "other": something else than this item. */
export type Look = "absent" | "same" | "other";

/** The program's own name, in the folder of a version. */
export const PROGRAM_NAME = "container-hooks";

/** Bytes; the larger form of the program has some 110 MB. */
export const FILE_LIMIT = 1024 * 1024 * 1024;

/** Looks at the place of `item`. @throws {Failure} file-unreadable */
export async function look(host: Host, item: Item): Promise<Look> {
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
      return await holds(host, `${item.path}/${PROGRAM_NAME}`, item.sha256) ? "same" : "other";
  }
}

async function holds(host: Host, path: string, hash: string): Promise<boolean> {
  if (host.lstat(path)?.kind !== "a regular file") return false;
  return await sha256(readFile(host, path, "installed file", FILE_LIMIT).bytes) === hash;
}

/** Bytes of a script that tell whose it is. */
const START = 512;

/**
 * Whether a file that no installation has on record is ours all the same: copied by hand, as a link to the
 * program, or left by a record that was lost.
 *
 * @param self The running file.
 */
export function isOurs(host: Host, path: string, self: string): boolean {
  const status = host.lstat(path);
  if (status?.kind === "a symbolic link") return nameOf(host.readLink(path)) === PROGRAM_NAME;
  if (status?.kind !== "a regular file") return false;
  const own = host.lstat(self);
  if (own && own.device === status.device && own.inode === status.inode) return true;
  using file = host.open(path);
  const buffer = new Uint8Array(START);
  const start = new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
  return /^#!\/bin\/sh\n# (container-hooks [^\n]*, portable form|The OCI runtime of container-hooks )/.test(
    start,
  );
}
