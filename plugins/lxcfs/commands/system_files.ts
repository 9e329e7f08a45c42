/** Files of /proc and /sys, which come and go with the processes that they are about. */
import { readFile } from "../../../mod/host/files.ts";
import type { Host } from "../../../mod/host/host.ts";
import { type MountedTree, parseMounts } from "../../../mod/host/mounts.ts";

/** Bytes; ten thousands of mounts. */
const LIMIT = 16 * 1024 * 1024;

/** Its text; undefined where it is not there, any more or at all, or cannot be read. */
export function textOf(host: Host, path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(host, path, "file", LIMIT).bytes);
  } catch {
    return undefined;
  }
}

/** Gets the mounts of a process; none where it has ended meanwhile. */
export function mountsOf(host: Host, pid: number | "self"): MountedTree[] {
  return parseMounts(textOf(host, `/proc/${pid}/mountinfo`) ?? "");
}
