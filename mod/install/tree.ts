/** Folders with all that is in them. */
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { Host } from "../host/host.ts";

/** Removes a file, or a folder with all that is in it; nothing where nothing is there. @throws {Failure} */
export function removeTree(host: Host, path: string): void {
  try {
    remove(host, path);
  } catch (error) {
    throw failure("file-unremovable", { path, why: systemReason(error) }, { cause: error });
  }
}

function remove(host: Host, path: string): void {
  const status = host.lstat(path);
  // A read-only file system refuses even to remove what is not there.
  if (!status) return;
  if (status.kind === "a folder") {
    for (const { name } of host.readFolder(path)) remove(host, `${path}/${name}`);
  }
  host.remove(path);
}

/** Lets everybody read a tree and enter its folders; a file that its owner may execute, everybody may. */
export function openTree(host: Host, path: string): void {
  const { kind, mode } = host.lstat(path)!;
  if (kind === "a folder") {
    for (const { name } of host.readFolder(path)) openTree(host, `${path}/${name}`);
  }
  host.chmod(path, kind === "a folder" || (mode & 0o100) !== 0 ? 0o755 : 0o644);
}

/**
 * Removes a folder where it can go; false where something is in it or mounted on it.
 *
 * @throws {Failure} file-unremovable
 */
export function removeIfEmpty(host: Host, path: string): boolean {
  if (host.lstat(path)?.kind !== "a folder" || host.readFolder(path).length > 0) return false;
  try {
    host.remove(path);
  } catch (error) {
    if (isInUse(error)) return false;
    throw failure("file-unremovable", { path, why: systemReason(error) }, { cause: error });
  }
  return true;
}

/** A mount point, or one that somebody has just put something into. */
function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EBUSY" || error.code === "ENOTEMPTY");
}
