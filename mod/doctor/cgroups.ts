/** This check looks at how control groups are laid out, and whether the OCI runtime takes them so. */
import { type Finding, fine, warning } from "../cli/kit/finding.ts";
import type { Host } from "../host/host.ts";
import { type MountedTree, readMounts } from "../host/mounts.ts";

const SUBJECT = "cgroups";

/**
 * Checks that the OCI runtime takes the control groups of this host.
 *
 * @param runtime Path of the OCI runtime that does the work, where that is known.
 */
export function checkCgroups(host: Host, runtime: string | undefined): Finding[] {
  const layout = layoutOf(readMounts(host));
  if (layout === "none") {
    return [warning(
      SUBJECT,
      "no cgroup file system is mounted, so runtimes cannot limit containers",
      "mount -t cgroup2 none /sys/fs/cgroup",
    )];
  }
  if (layout === "hybrid" && runtime !== undefined && /\/(crun[^/]*|krun)$/.test(runtime)) {
    return [warning(
      SUBJECT,
      `the layout is hybrid (version 1, with version 2 beside it), which ${runtime} refuses in some releases`,
      "boot with systemd.unified_cgroup_hierarchy=1, or let runc do the work",
    )];
  }
  return [fine(SUBJECT, `the layout is ${layout === "hybrid" ? "hybrid" : `version ${layout}`}`)];
}

/** Tells how control groups are laid out. "hybrid" is version 1, and version 2 beside it without controllers. */
export function layoutOf(mounts: readonly MountedTree[]): "1" | "2" | "hybrid" | "none" {
  const below = mounts.filter(({ point }) =>
    point === "/sys/fs/cgroup" || point.startsWith("/sys/fs/cgroup/")
  );
  const has = (type: string) => below.some((mount) => mount.type === type);
  if (has("cgroup2") && has("cgroup")) return "hybrid";
  if (has("cgroup2")) return "2";
  return has("cgroup") ? "1" : "none";
}
