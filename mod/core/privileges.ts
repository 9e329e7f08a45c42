/** What a container can do to its host beyond what containers can, as its config.json has it. */
import type { DeepReadonly } from "./freeze.ts";
import type { Mount } from "./oci.ts";
import type { CompleteLinux, DeviceRule } from "./oci_linux.ts";
import type { CompleteProcess } from "./oci_process.ts";

/**
 * Something that a container can do to its host. Where config.json leaves open which it is, because runtimes differ, it
 * counts as one.
 *
 * - `all-capabilities`: its bounding or its effective set holds every capability of Linux 3.16 and later, or config.json
 *   has no `process.capabilities`;
 * - `all-devices`: the last rule about all devices lets it write to them, or there is no such rule;
 * - `no-seccomp`: no filter, or one that lets every system call through;
 * - `nothing-masked`: `maskedPaths` is empty, so it sees /proc/kcore and its like;
 * - `writable-sysfs`: its mount at /sys is not read-only;
 * - `host-user`: no user namespace, or one in which root is the host's root or which is joined by its path;
 * - `host-pid`, `host-network`, `host-ipc`, `host-uts`, `host-cgroup`, `host-mount`: that namespace is the host's, as
 *   config.json lists none of the type, or joins that of process 1.
 */
export type Privilege =
  | "all-capabilities"
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

/** The capabilities of Linux 3.16: an engine gives a privileged container those that the kernel has. */
const ALL = `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
  NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
  SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
  SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ`.split(/\s+/).map((name) =>
  `CAP_${name}`
);

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
    ["all-capabilities", !capabilities || isAll(capabilities.bounding) || isAll(capabilities.effective)],
    ["all-devices", mayUseAllDevices(linux.resources?.devices ?? [])],
    ["no-seccomp", isOpen(linux.seccomp)],
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
 * It is, where root in it is root of the host (`host-user`), and it either may use every device (`all-devices`) or has
 * every capability with nothing masked (`all-capabilities` and `nothing-masked`). {@linkcode privilegesOf} lists these
 * and what is not looked at here: a container with the host's network, one capability more or one device more is not
 * privileged. Neither is looked at what its mounts show of the host, such as an engine's socket.
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
  const has = (...wanted: Privilege[]) => wanted.every((privilege) => privileges.includes(privilege));
  return has("host-user") && (has("all-devices") || has("all-capabilities", "nothing-masked"));
}

function isAll(set: readonly string[] = []): boolean {
  return ALL.every((name) => set.includes(name));
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

function isOpen(seccomp: DeepReadonly<CompleteLinux["seccomp"]>): boolean {
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
