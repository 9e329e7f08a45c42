/** Which running containers hold mounts of lxcfs that we put there, and whether that lxcfs still runs. */
import type { Host } from "../../../mod/host/host.ts";
import { type Mount, mountOf, stackOf } from "../../../mod/host/mounts.ts";
import { type JournalEntry, listEntries } from "../../../mod/journal/journal.ts";
import { LXCFS } from "../views.ts";
import { serverOf } from "./server.ts";
import { mountsOf, textOf } from "./system_files.ts";

/** One file of lxcfs in a container. */
export interface HeldMount {
  /** On the host. */
  source: string;
  /** In the container. */
  target: string;
  /** Whether the lxcfs that it is of is not the one that runs: reading it fails. */
  stale: boolean;
  /** How many mounts of lxcfs are stacked there. */
  stacked: number;
}

/** A mount namespace of a running container; one that made more of its own is there with each. */
export interface LiveContainer {
  container: JournalEntry["container"];
  /** The first process in it. */
  pid: number;
  /** What the link `ns/mnt` of that process says. */
  namespace: string;
  mounts: HeldMount[];
}

/** A container and where the journal says that it has lxcfs's files. */
interface Recorded {
  container: JournalEntry["container"];
  /** Destination to source. */
  sources: Map<string, string>;
}

/** All of them, in the order of their containers' starts, the newest first. */
export function containersWithViews(host: Host): LiveContainer[] {
  const recorded = recordedContainers(host);
  if (recorded.length === 0) return [];
  const server = serverOf(host);
  const found = mountNamespaces(host).flatMap((process) => {
    const table = mountsOf(host, process.pid);
    if (!table.some(({ type }) => type === LXCFS)) return [];
    const owner = ownerOf(host, process.pid, recorded);
    if (!owner) return [];
    const mounts = heldMounts(table, owner.sources, (source) => server(source)?.device);
    return mounts.length > 0 ? [{ owner, live: { container: owner.container, ...process, mounts } }] : [];
  });
  return recorded.flatMap((entry) => found.filter(({ owner }) => owner === entry).map(({ live }) => live));
}

/** Containers that were given files of lxcfs, whether or not they still run. */
function recordedContainers(host: Host): Recorded[] {
  return listEntries(host).filter(({ outcome }) => outcome === "edited").flatMap(({ container, plugins }) => {
    const edits = plugins.find(({ name }) => name === "lxcfs")?.edits ?? [];
    const sources = edits.flatMap((edit) => edit.edit === "mount" ? [edit.mount] : [])
      .filter(({ source, destination }) => source?.endsWith(destination) && source !== destination)
      .map(({ source, destination }) => [destination, source!] as const);
    return sources.length > 0 ? [{ container, sources: new Map(sources) }] : [];
  });
}

/** @param deviceOf The device of the lxcfs that runs and has this file; undefined where none does. */
export function heldMounts(
  table: readonly Mount[],
  sources: ReadonlyMap<string, string>,
  deviceOf: (source: string) => string | undefined,
): HeldMount[] {
  return Array.from(sources, ([target, source]): HeldMount | undefined => {
    const top = mountOf(table, target);
    if (top?.type !== LXCFS || top.point !== target) return undefined;
    return { source, target, stale: top.device !== deviceOf(source), stacked: stackOf(table, top).length };
  }).filter((mount) => mount !== undefined);
}

/** The first process of each mount namespace but our own. */
function mountNamespaces(host: Host): { pid: number; namespace: string }[] {
  const first = new Map<string, number>();
  const pids = host.readFolder("/proc").map(({ name }) => Number(name)).filter(Number.isInteger);
  for (const pid of pids.sort((a, b) => a - b)) {
    const namespace = namespaceOf(host, pid);
    if (namespace !== undefined && !first.has(namespace)) first.set(namespace, pid);
  }
  first.delete(host.readLink("/proc/self/ns/mnt"));
  return Array.from(first, ([namespace, pid]) => ({ pid, namespace }));
}

/** Every process of a container is in its cgroup or below, and engines name that after the container's id. */
function ownerOf(host: Host, pid: number, recorded: readonly Recorded[]): Recorded | undefined {
  const cgroups = textOf(host, `/proc/${pid}/cgroup`) ?? "";
  return recorded.find(({ container }) => isCgroupOf(cgroups, container.id));
}

/**
 * @param cgroups /proc/PID/cgroup, seen from the host
 * @example
 * ```ts
 * import { isCgroupOf } from "./live.ts";
 * isCgroupOf("0::/system.slice/docker-4f79.scope/init", "4f79"); // true
 * ```
 */
export function isCgroupOf(cgroups: string, id: string): boolean {
  return cgroups.split("\n").some((line) =>
    line.split(":").slice(2).join(":").split("/").some((part) =>
      part.replace(/[.]scope$/, "").replace(ENGINE_PREFIX, "") === id || part === id
    )
  );
}

/** What engines and runtimes put in front of the id. */
const ENGINE_PREFIX = /^(docker|libpod|crio|cri-containerd|nerdctl|runc|crun)-/;

/** Undefined where the process has ended meanwhile. */
function namespaceOf(host: Host, pid: number): string | undefined {
  try {
    return host.readLink(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
