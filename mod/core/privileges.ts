/** What a container can do to its host beyond what containers can, as its config.json has it. */
import type { DeepReadonly } from "./freeze.ts";
import type { Mount } from "./oci.ts";
import type { CompleteLinux, DeviceRule } from "./oci_linux.ts";
import type { CompleteProcess } from "./oci_process.ts";

/**
 * Something that a container can do to its host. Where config.json leaves open which it is, because runtimes differ, it
 * counts as one.
 *
 * - `host-capabilities`: its bounding, effective or permitted set holds one of those by which root acts on the host whatever
 *   else confines it, CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO or CAP_DAC_READ_SEARCH, or config.json has no
 *   `process.capabilities`;
 * - `all-devices`: the last rule about all devices lets it write to them, or there is no such rule;
 * - `no-seccomp`: no filter, or one that lets every system call through;
 * - `nothing-masked`: `maskedPaths` is empty, so it sees /proc/kcore and its like;
 * - `writable-sysfs`: its mount at /sys is not read-only;
 * - `host-user`: no user namespace, or one in which root is the host's root or which is joined by its path;
 * - `host-pid`, `host-network`, `host-ipc`, `host-uts`, `host-cgroup`, `host-mount`: that namespace is the host's, as
 *   config.json lists none of the type, or joins that of process 1.
 */
export type Privilege =
  | "host-capabilities"
  | "all-devices"
  | "no-seccomp"
  | "nothing-masked"
  | "writable-sysfs"
  | `host-${"user" | "pid" | "network" | "ipc" | "uts" | "cgroup" | "mount"}`;

/** The fields of a container that are looked at. */
export interface PrivilegeFields {
  readonly process: DeepReadonly<Pick<CompleteProcess, "capabilities">>;
  readonly linux: DeepReadonly<CompleteLinux>;
  readonly mounts: DeepReadonly<Mount[]>;
}

/** Mounting what there is, loading code into the kernel, writing to its memory, opening any file by its handle. */
const OF_HOST = ["CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_DAC_READ_SEARCH"];

const SETS = ["bounding", "effective", "permitted"] as const;
const NAMESPACES = ["pid", "network", "ipc", "uts", "cgroup", "mount"] as const;

/**
 * Lists what a container can do to its host, for a plugin that wants to judge by one or say why it denies.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { privilegesOf } from "container-hooks/plugin";
 * import { makeContainer } from "container-hooks/testing";
 *
 * assert.deepEqual(privilegesOf(makeContainer()), ["host-user"]);
 * const namespaces = [{ type: "network" }, { type: "ipc" }, { type: "uts" }, { type: "mount" }, { type: "cgroup" }];
 * const container = makeContainer({ spec: { linux: { namespaces } } });
 * assert.ok(privilegesOf(container).includes("host-pid"));
 * ```
 */
export function privilegesOf({ process, linux, mounts }: PrivilegeFields): Privilege[] {
  const { capabilities } = process;
  const holds: [Privilege, boolean][] = [
    ["host-capabilities", !capabilities || SETS.some((set) => actsOnHost(capabilities[set]))],
    ["all-devices", mayUseAllDevices(linux.resources?.devices ?? [])],
    ["no-seccomp", letsAllThrough(linux.seccomp)],
    ["nothing-masked", linux.maskedPaths.length === 0],
    ["writable-sysfs", isWritableAt("/sys", mounts)],
    ["host-user", isRootOfHost(linux)],
    ...NAMESPACES.map((type): [Privilege, boolean] => [`host-${type}`, isOfHost(type, linux)]),
  ];
  return holds.filter(([, is]) => is).map(([privilege]) => privilege);
}

/**
 * Tells whether a container is privileged: what `--privileged` of docker and podman and `privileged: true` of Kubernetes
 * make of it, or as much by other switches.
 *
 * It is, where root in it is root of the host (`host-user`), and it either may use every device (`all-devices`) or has a
 * capability of the host (`host-capabilities`) with nothing masked or without a filter of system calls (`nothing-masked`,
 * `no-seccomp`). A single capability dropped or a single path masked makes no other container of it.
 *
 * {@linkcode privilegesOf} lists these and what is not looked at here: a container with the host's network or one device
 * more is not privileged. Nor is it looked at what its mounts show of the host, such as an engine's socket, and which
 * profile of AppArmor or SELinux holds it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isPrivileged } from "container-hooks/plugin";
 * import { makeContainer } from "container-hooks/testing";
 *
 * assert.equal(isPrivileged(makeContainer()), false);
 * const devices = [{ allow: true, access: "rwm" }];
 * assert.equal(isPrivileged(makeContainer({ spec: { linux: { resources: { devices } } } })), true);
 * ```
 */
export function isPrivileged(container: PrivilegeFields): boolean {
  const privileges = privilegesOf(container);
  const has = (privilege: Privilege) => privileges.includes(privilege);
  const isOpen = has("nothing-masked") || has("no-seccomp");
  return has("host-user") && (has("all-devices") || (has("host-capabilities") && isOpen));
}

function actsOnHost(set: readonly string[] = []): boolean {
  return OF_HOST.some((name) => set.includes(name));
}

/** Rules hold in their order, so the last that is about all devices overrules those before it. */
function mayUseAllDevices(rules: DeepReadonly<DeviceRule[]>): boolean {
  const last = rules.findLast(isAboutAll);
  // Without any, crun limits nothing and runc all.
  return last === undefined || (last.allow && (last.access === undefined || last.access.includes("w")));
}

function isAboutAll({ type, major, minor }: DeepReadonly<DeviceRule>): boolean {
  const isAny = (number: number | bigint | undefined) => number === undefined || number < 0;
  return type === undefined || type === "a" || type === "" ||
    (type === "b" && isAny(major) && isAny(minor));
}

function letsAllThrough(seccomp: DeepReadonly<CompleteLinux["seccomp"]>): boolean {
  if (!seccomp) return true;
  const isLetThrough = (action: string) => action === "SCMP_ACT_ALLOW" || action === "SCMP_ACT_LOG";
  return isLetThrough(seccomp.defaultAction) &&
    (seccomp.syscalls ?? []).every(({ action }) => isLetThrough(action));
}

function isWritableAt(place: string, mounts: DeepReadonly<Mount[]>): boolean {
  const mount = mounts.findLast(({ destination }) => destination.replace(/(?<=.)\/+$/, "") === place);
  return mount !== undefined && !(mount.options ?? []).includes("ro");
}

/** A namespace that is joined may be anybody's, so it counts as the host's. */
function isRootOfHost({ namespaces, uidMappings = [] }: DeepReadonly<CompleteLinux>): boolean {
  const user = namespaces.find(({ type }) => type === "user");
  if (!user || user.path) return true;
  return uidMappings.length === 0 || uidMappings.some(({ hostID }) => Number(hostID) === 0);
}

function isOfHost(type: string, { namespaces }: DeepReadonly<CompleteLinux>): boolean {
  const own = namespaces.find((namespace) => namespace.type === type);
  return own === undefined || own.path?.startsWith("/proc/1/") === true;
}
