import assert from "node:assert/strict";
import { MemoryHost } from "../../../tests/unit/memory_host.ts";
import { parseMounts } from "../../../mod/host/mounts.ts";
import { containersWithViews, heldViews, type LiveContainer } from "./live.ts";
import { ofContainer } from "./remount.ts";
import type { Server } from "./server.ts";

const TABLE = parseMounts(`1 99 8:1 / / rw - overlay x rw
2 1 0:5 / /proc rw - proc x rw
3 2 0:41 /proc/stat /proc/stat ro - fuse.lxcfs x rw
4 3 0:41 /proc/stat /proc/stat ro - fuse.lxcfs x rw
5 2 0:51 /proc/uptime /proc/uptime ro - fuse.lxcfs x rw
6 2 0:7 /x /proc/meminfo ro - tmpfs x rw
`);
const SOURCES = new Map(
  ["stat", "uptime", "meminfo"].map((name) => [`/proc/${name}`, `/l/proc/${name}`]),
);
const RUNNING: Server = { state: "running", point: "/l", device: "0:51" };

Deno.test("stale is what is of another lxcfs than the one that runs", () => {
  assert.deepEqual(heldViews(TABLE, SOURCES, () => RUNNING), [
    { source: "/l/proc/stat", target: "/proc/stat", state: "stale", stacked: 2 },
    { source: "/l/proc/uptime", target: "/proc/uptime", state: "current", stacked: 1 },
  ]);
});

Deno.test("all is stale where none runs, though a dead one still has its device", () => {
  const views = heldViews(TABLE, SOURCES, () => ({ state: "gone", point: "/l" }));
  assert.deepEqual(views.map(({ state }) => state), ["stale", "stale"]);
});

Deno.test("what is of an lxcfs that hangs is told apart from what is of one that is gone", () => {
  const views = heldViews(TABLE, SOURCES, () => ({ ...RUNNING, state: "silent" }));
  assert.deepEqual(views.map(({ state }) => state), ["stale", "silent"]);
});

Deno.test("missing is what leads to the file of the system itself, and not what lies hidden", () => {
  const sources = new Map([["/proc/swaps", "/l/proc/swaps"]]);
  assert.deepEqual(heldViews(TABLE, sources, () => RUNNING), [
    { source: "/l/proc/swaps", target: "/proc/swaps", state: "missing", stacked: 0 },
  ]);
  const own = parseMounts("7 2 0:6 / /proc rw - proc x rw\n");
  assert.deepEqual(
    heldViews([...TABLE, ...own], new Map([["/proc/stat", "/l/proc/stat"]]), () => RUNNING),
    [],
  );
});

const HOSTS = "27 1 254:0 / / rw - ext4 /dev/vda rw\n44 27 0:51 / /l rw - fuse.lxcfs lxcfs rw\n";
const CONTAINERS = "1 99 8:1 / / rw - overlay x rw\n2 1 0:5 / /proc rw - proc x rw\n";
const VIEW = "3 2 0:51 /proc/stat /proc/stat ro - fuse.lxcfs x rw\n";

/** A process in a mount namespace, as /proc shows it. */
interface Process {
  pid: number;
  namespace: string;
  cgroup?: string;
  mounts?: string;
  root?: string;
  started?: number;
}

/** A host on which container "web" was given /proc/stat, with these processes. */
function hostWith(processes: Process[], { id = "web", cgroupsPath = "/any" } = {}): MemoryHost {
  const host = new MemoryHost();
  host.file("/proc/self/mountinfo", HOSTS);
  host.symlink("/proc/self/ns/mnt", "mnt:[1]");
  host.programs["/bin/sh"] = () => ({});
  for (const { pid, namespace, cgroup = "0::/web\n", mounts = CONTAINERS + VIEW, ...rest } of processes) {
    host.symlink(`/proc/${pid}/ns/mnt`, namespace);
    host.symlink(`/proc/${pid}/root`, rest.root ?? "/");
    host.file(`/proc/${pid}/cgroup`, cgroup);
    host.file(`/proc/${pid}/mountinfo`, mounts);
    host.file(`/proc/${pid}/stat`, `${pid} (a ) b) S ${"0 ".repeat(18)}${rest.started ?? pid} 0\n`);
  }
  host.file("/b/config.json", JSON.stringify({ linux: { cgroupsPath } }));
  record(host, { id });
  return host;
}

/** Puts an entry in the journal. */
function record(
  host: MemoryHost,
  { id = "web", created = 1, outcome = "edited", targets = ["/proc/stat"] } = {},
): void {
  const edits = targets.map((path) => ({
    edit: "mount",
    mount: { type: "bind", source: `/l${path}`, destination: path, options: ["bind"] },
  }));
  const plugins = [{ name: "lxcfs", version: "1.0.0", selected: true, reasons: [], edits }];
  const container = { id, names: [], engine: "runc" };
  const entry = { format: 1, created, outcome, container, plugins, config: { path: "/b/config.json" } };
  host.file(`/run/container-hooks/journal/${created}.json`, JSON.stringify(entry), { mode: 0o600 });
}

/** Each namespace that is found, as "pid: state of each file". */
async function found(host: MemoryHost): Promise<string[]> {
  const live = await containersWithViews(host, () => Promise.resolve(RUNNING));
  return live.map(({ pid, views }) => `${pid}: ${views.map(({ state }) => state)}`);
}

Deno.test("a container is found by the cgroup that its config.json asks for", async () => {
  const process = { pid: 7, namespace: "mnt:[2]", cgroup: "0::/machine/my-own\n" };
  assert.deepEqual(await found(hostWith([process], { cgroupsPath: "/machine/my-own" })), ["7: current"]);
  assert.deepEqual(await found(hostWith([process], { cgroupsPath: "/machine/another" })), []);
});

Deno.test("a container whose first program is in a chroot is found by the table of another of its programs", async () => {
  const chrooted = { pid: 7, namespace: "mnt:[2]", root: "/srv", mounts: "" };
  assert.deepEqual(await found(hostWith([chrooted, { pid: 8, namespace: "mnt:[2]" }])), ["7: current"]);
});

Deno.test("a container that lost its files by a remount that failed is still listed", async () => {
  const host = hostWith([{ pid: 7, namespace: "mnt:[2]", mounts: CONTAINERS }]);
  assert.deepEqual(await found(host), ["7: missing"]);
});

Deno.test("a namespace that a program in the container made misses nothing, however its number compares", async () => {
  const host = hostWith([
    { pid: 7, namespace: "mnt:[3]", mounts: CONTAINERS, started: 900 },
    { pid: 4000, namespace: "mnt:[2]", started: 100 },
  ]);
  assert.deepEqual(await found(host), ["4000: current"]);
});

Deno.test("a container that is being made, with the host's root still, misses nothing", async () => {
  assert.deepEqual(await found(hostWith([{ pid: 7, namespace: "mnt:[2]", mounts: HOSTS }])), []);
});

Deno.test("a container whose id had files before misses nothing where it was given none itself", async () => {
  const host = hostWith([{ pid: 7, namespace: "mnt:[2]", mounts: CONTAINERS }]);
  record(host, { created: 2, outcome: "unchanged", targets: [] });
  assert.deepEqual(await found(host), []);
});

/** Containers by their ids, each with a name. */
function containers(...ids: string[]): LiveContainer[] {
  return ids.map((id) => ({ container: { id, names: [`n-${id}`] }, views: [] }) as unknown as LiveContainer);
}

Deno.test("the beginning of two ids heals neither, and names both", () => {
  const live = containers("aud-1", "aud-2", "web");
  assert.throws(() => ofContainer(live, "aud-"), /aud- may be any of 2 containers: aud-1, aud-2; name one/);
  assert.deepEqual(ofContainer(live, "w"), [live[2]]);
  assert.deepEqual(ofContainer(live, "n-aud-2"), [live[1]]);
});

Deno.test("an id is meant before others that begin like it, with all of its namespaces", () => {
  const live = containers("aud", "aud", "aud-2");
  assert.deepEqual(ofContainer(live, "aud"), live.slice(0, 2));
});
