/** Which running containers hold files of lxcfs that we put there, and how these are. */
import type { Host } from "../../../mod/host/host.ts";
import { type MountedTree, mountOf, stackOf } from "../../../mod/host/mounts.ts";
import type { JournalEntry } from "../../../mod/state/journal.ts";
import { LXCFS } from "../views.ts";
import { type MountNamespace, mountNamespaces, oldest, tableOf } from "./namespaces.ts";
import { ownersOf, type Recorded, recordedContainers } from "./recorded.ts";
import type { Server, Servers } from "./server.ts";
import { mountsOf } from "./system_files.ts";

/** One file of lxcfs in a container. */
export interface HeldView {
  /** The path on the host. */
  source: string;
  /** The path in the container. */
  target: string;
  /**
   * "current": it is of the lxcfs that runs; "silent": of one that runs and does not answer; "stale": of one that
   * is gone, so that reading it fails; "missing": it was there and is not, so that what is read is the host's.
   */
  state: "current" | "silent" | "stale" | "missing";
  /** How many mounts of lxcfs are stacked there. */
  stacked: number;
}

/** A mount namespace of a running container; one that made more of its own is there with each. */
export interface LiveContainer {
  container: JournalEntry["container"];
  /** A process in it. */
  pid: number;
  /** What the link `ns/mnt` of that process says. */
  namespace: string;
  views: HeldView[];
}

/** Gets the files of a container that are in this state. */
export function viewsThatAre(state: HeldView["state"], { views }: LiveContainer): HeldView[] {
  return views.filter((view) => view.state === state);
}

/** Lists all containers with views, in the order of their starts, the newest first. */
export async function containersWithViews(host: Host, server: Servers): Promise<LiveContainer[]> {
  const recorded = recordedContainers(host);
  if (recorded.length === 0) return [];
  const namespaces = mountNamespaces(host);
  const owners = ownersOf(host, namespaces.map(({ pids }) => pids[0]!), recorded);
  const root = mountOf(mountsOf(host, "self"), "/");
  const live: LiveContainer[] = [];
  for (const each of recorded) {
    const own = namespaces.filter(({ pids }) => owners.get(pids[0]!) === each);
    if (own.length > 0) live.push(...await viewsIn(host, each, own, { root, server }));
  }
  return live;
}

/** What is the same for all containers. */
interface Surroundings {
  /** The file system at this host's root. */
  root: MountedTree | undefined;
  server: Servers;
}

async function viewsIn(
  host: Host,
  { container, sources, latest }: Recorded,
  namespaces: readonly MountNamespace[],
  { root, server }: Surroundings,
): Promise<LiveContainer[]> {
  const servers = new Map<string, Server>();
  for (const source of sources.values()) servers.set(source, await server(source));
  const first = oldest(host, namespaces);
  return namespaces.map((each): LiveContainer => {
    const table = tableOf(host, each);
    const held = heldViews(table, sources, (source) => servers.get(source)!);
    // In those that programs inside have made, and while the container is being made, nothing has been there.
    const complete = latest && each === first && !isSameRoot(mountOf(table, "/"), root);
    const views = complete ? held : held.filter(({ state }) => state !== "missing");
    return { container, pid: each.pids[0]!, namespace: each.namespace, views };
  }).filter(({ views }) => views.length > 0);
}

/** Lists the views that a container still has, in the order of `sources`, but for those that it has mounted over. */
export function heldViews(
  table: readonly MountedTree[],
  sources: ReadonlyMap<string, string>,
  serverOf: (source: string) => Server,
): HeldView[] {
  return Array.from(sources, ([target, source]): HeldView | undefined => {
    const top = mountOf(table, target);
    if (top?.type === LXCFS && top.point === target) {
      const stacked = stackOf(table, top).length;
      return { source, target, state: stateOf(top, serverOf(source)), stacked };
    }
    // Where one lies hidden, the container has mounted a system of its own over all of it.
    const hidden = table.some(({ type, point }) => type === LXCFS && point === target);
    return isSystems(top) && !hidden ? { source, target, state: "missing", stacked: 0 } : undefined;
  }).filter((view) => view !== undefined);
}

function stateOf(mount: MountedTree, { state, device }: Server): HeldView["state"] {
  if (mount.device !== device) return "stale";
  return state === "silent" ? "silent" : "current";
}

/** What lies under each of our mounts. */
function isSystems(mount: MountedTree | undefined): boolean {
  return mount?.root === "/" && (mount.type === "proc" || mount.type === "sysfs");
}

function isSameRoot(one: MountedTree | undefined, other: MountedTree | undefined): boolean {
  return one?.device === other?.device && one?.root === other?.root;
}
