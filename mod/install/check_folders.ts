/** What has to hold of folders before anything is changed, found out without writing to them. */
import { folderOf } from "../core/path.ts";
import { failure } from "../errors.ts";
import { checkFolder } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { mountOf, readMounts } from "../host/mounts.ts";
import { runFolder } from "../host/our_folders.ts";
import { STATE } from "./places.ts";
import { pathInRoot } from "./root.ts";

/** Gets the path, or the next one above it that is there. */
export function existing(host: Host, path: string): string {
  return path === "/" || host.realPath(path) !== undefined ? path : existing(host, folderOf(path));
}

/**
 * Checks that the program can lie in `prefix`: whoever can write there decides what root runs, and what we empty
 * ourselves is no place for it.
 *
 * @throws {Failure} install-prefix, untrusted
 */
export function checkPrefix(host: Host, prefix: string): void {
  const above = existing(host, prefix);
  const real = `${host.realPath(above)}${prefix.slice(above.length)}`;
  for (const folder of [STATE, runFolder(host)]) {
    if ([prefix, real].some((path) => `${path}/`.startsWith(`${folder}/`))) {
      throw failure("install-prefix", { path: prefix, why: `what is in ${folder} does not last` });
    }
  }
  checkFolder(host, above, "folder of the program");
}

/** How a system is looked at from outside. */
export interface RootedView {
  machine: Host;
  root: string;
  /** The host whose folders are looked at: that of the root. */
  host: Host;
}

/**
 * Checks that something can be put at each of `paths`, as far as that shows.
 *
 * @throws {Failure} install-read-only, file-unwritable
 */
export function checkWritable(outside: RootedView, paths: readonly string[]): void {
  const { machine, root, host } = outside;
  // An image may be built where /proc is not mounted; then writing shows it.
  const mounts = machine.lstat("/proc/self/mountinfo") ? readMounts(machine) : [];
  for (const folder of new Set(paths.map((path) => existing(host, folderOf(path))))) {
    const place = pathInRoot(root, host.realPath(folder)!);
    const isReadOnly = mountOf(mounts, machine.realPath(place) ?? place)?.options.includes("ro");
    if (isReadOnly && !STAYS.test(`${folder}/`)) throw failure("install-read-only", { path: folder });
    const why = isReadOnly
      ? "read-only file system"
      : isDenied(machine, place)
      ? "permission denied"
      : undefined;
    if (why !== undefined) throw failure("file-unwritable", { what: "folder", path: folder, why });
  }
}

/** Configuration and state are where they are, whichever folders were named. */
const STAYS = /^\/(etc|var)\//;

/** Whether a user other than root cannot write there for sure; which groups he is in is not known. */
function isDenied(machine: Host, folder: string): boolean {
  const uid = machine.uid();
  const status = machine.lstat(folder);
  if (uid === 0 || !status) return false;
  return (status.mode & (status.uid === uid ? 0o200 : 0o022)) === 0;
}
