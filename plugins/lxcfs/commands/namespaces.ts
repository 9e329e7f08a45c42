/** Mount namespaces of this host's processes. */
import type { Host } from "../../../mod/host/host.ts";
import { readMountsOf } from "../../../mod/host/mount_namespace.ts";
import type { MountedTree } from "../../../mod/host/mounts.ts";
import { mountsOf, textOf } from "./system_files.ts";

/** A mount namespace that is not our own. */
export interface MountNamespace {
  /** What the link `ns/mnt` of its processes says. */
  namespace: string;
  /** All processes in it, at least one; the lowest number first. */
  pids: number[];
}

/** Lists all mount namespaces. */
export function mountNamespaces(host: Host): MountNamespace[] {
  const pids = host.readFolder("/proc").map(({ name }) => Number(name)).filter(Number.isInteger);
  const all = Map.groupBy(pids.sort((a, b) => a - b), (pid) => linkOf(host, pid, "ns/mnt"));
  const own = host.readLink("/proc/self/ns/mnt");
  // Those without a link have ended meanwhile.
  return Array.from(all, ([namespace, pids]) => ({ namespace: namespace ?? own, pids }))
    .filter(({ namespace }) => namespace !== own);
}

/** Its mounts, whatever its processes have made their root; none where it has ended meanwhile. */
export function tableOf(host: Host, { namespace, pids }: MountNamespace): MountedTree[] {
  const whole = pids.find((pid) => linkOf(host, pid, "root") === "/");
  if (whole !== undefined) return mountsOf(host, whole);
  try {
    return readMountsOf(pids[0]!, namespace);
  } catch {
    return [];
  }
}

/** Finds the namespace that a container was started in: that of its oldest process. */
export function oldest(host: Host, namespaces: readonly MountNamespace[]): MountNamespace {
  const [first, ...others] = namespaces;
  if (others.length === 0) return first!;
  const age = ({ pids }: MountNamespace) => Math.min(...pids.map((pid) => startOf(host, pid)));
  return namespaces.toSorted((a, b) => age(a) - age(b))[0]!;
}

/** Ticks of the clock since the start of this host. */
function startOf(host: Host, pid: number): number {
  // The second field, a name in brackets, may hold anything.
  const fields = textOf(host, `/proc/${pid}/stat`)?.replace(/^.*\)/s, "").split(" ") ?? [];
  return Number(fields[20] ?? Infinity);
}

/** Undefined where the process has ended meanwhile. */
function linkOf(host: Host, pid: number, name: "ns/mnt" | "root"): string | undefined {
  try {
    return host.readLink(`/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}
