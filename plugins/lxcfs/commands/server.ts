/** The lxcfs that runs on this host. */
import type { Host } from "../../../mod/host/host.ts";
import { type Mount, mountOf } from "../../../mod/host/mounts.ts";
import { ALWAYS_THERE, LXCFS } from "../views.ts";
import { mountsOf } from "./system_files.ts";

/**
 * Looks at this host's mounts once.
 *
 * @returns what tells the mount of the lxcfs that has a path and answers; undefined where there is none
 */
export function serverOf(host: Host): (path: string) => Mount | undefined {
  const table = mountsOf(host, "self");
  const known = new Map<Mount, boolean>();
  return (path) => {
    const mounted = mountOf(table, path);
    if (mounted?.type !== LXCFS) return undefined;
    if (!known.has(mounted)) known.set(mounted, answers(host, mounted.point));
    return known.get(mounted) ? mounted : undefined;
  };
}

/** Opened, since the kernel remembers for a second what a file of one that has died was. */
function answers(host: Host, point: string): boolean {
  try {
    using _file = host.open(`${point}${ALWAYS_THERE}`);
    return true;
  } catch {
    return false;
  }
}
