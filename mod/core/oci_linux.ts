/**
 * The words of the OCI runtime specification for what a container has on Linux. Fields that are 64 bits wide are
 * bigint, as plugins see them (wide_fields.ts).
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md
 */

/** A namespace of the container: a new one, or, with a path, one that it joins. A type that is missing is the host's. */
export interface Namespace {
  /** "pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time". */
  type: string;
  path?: string;
}

/** A range of ids in a user namespace. */
export interface IdMapping {
  containerID: number | bigint;
  hostID: number | bigint;
  size: number | bigint;
}

/** A device node that the runtime makes in the container. */
export interface Device {
  /** "c", "b", "u" or "p". */
  type: string;
  path: string;
  major?: bigint;
  minor?: bigint;
  fileMode?: number;
  uid?: number;
  gid?: number;
}

/** A rule of the container's cgroup about devices; the last that fits holds. */
export interface DeviceRule {
  allow: boolean;
  /** "c", "b" or "a", which is all and what holds where it is absent. */
  type?: string;
  /** Absent, or -1: all. */
  major?: bigint;
  minor?: bigint;
  /** Of "r", "w" and "m" (mknod). */
  access?: string;
}

/** A device, and a limit of it. */
export interface ThrottledDevice {
  major: bigint;
  minor: bigint;
  rate: bigint;
}

/** Limits of the container's cgroup, and its rules about devices. Memory is in bytes, -1 is no limit. */
export interface Resources {
  devices?: DeviceRule[];
  memory?: {
    limit?: bigint;
    reservation?: bigint;
    /** Memory and swap together. */
    swap?: bigint;
    kernel?: bigint;
    kernelTCP?: bigint;
    swappiness?: bigint;
    disableOOMKiller?: boolean;
    useHierarchy?: boolean;
    checkBeforeUpdate?: boolean;
  };
  /** Times are in microseconds. */
  cpu?: {
    shares?: bigint;
    quota?: bigint;
    burst?: bigint;
    period?: bigint;
    realtimeRuntime?: bigint;
    realtimePeriod?: bigint;
    cpus?: string;
    mems?: string;
    idle?: bigint;
  };
  pids?: { limit?: bigint };
  blockIO?: {
    weight?: number;
    leafWeight?: number;
    weightDevice?: { major: bigint; minor: bigint; weight?: number; leafWeight?: number }[];
    throttleReadBpsDevice?: ThrottledDevice[];
    throttleWriteBpsDevice?: ThrottledDevice[];
    throttleReadIOPSDevice?: ThrottledDevice[];
    throttleWriteIOPSDevice?: ThrottledDevice[];
  };
  hugepageLimits?: { pageSize: string; limit: bigint }[];
  network?: { classID?: number; priorities?: { name: string; priority: number }[] };
  rdma?: Record<string, { hcaHandles?: number; hcaObjects?: number }>;
  /** Files of a cgroup of version 2, by name. */
  unified?: Record<string, string>;
}

/** A filter of system calls. Where a container has none, it may make all of them. */
export interface Seccomp {
  /** "SCMP_ACT_ERRNO", what becomes of a call that no rule names. */
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[];
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls?: {
    names: string[];
    action: string;
    errnoRet?: number;
    args?: { index: number; value: bigint; valueTwo?: bigint; op: string }[];
  }[];
}

/** What a container has on Linux, as config.json has it. */
export interface Linux {
  uidMappings?: IdMapping[];
  gidMappings?: IdMapping[];
  sysctl?: Record<string, string>;
  resources?: Resources;
  /** A path, or SLICE:PREFIX:NAME where systemd makes it. */
  cgroupsPath?: string;
  namespaces?: Namespace[];
  devices?: Device[];
  /** Network devices of the host that the runtime moves, by their names there. */
  netDevices?: Record<string, { name?: string }>;
  seccomp?: Seccomp;
  rootfsPropagation?: string;
  maskedPaths?: string[];
  readonlyPaths?: string[];
  mountLabel?: string;
  intelRdt?: {
    closID?: string;
    l3CacheSchema?: string;
    memBwSchema?: string;
    schemata?: string[];
    enableCMT?: boolean;
    enableMBM?: boolean;
    enableMonitoring?: boolean;
  };
  memoryPolicy?: { mode: string; nodes?: string; flags?: string[] };
  personality?: { domain: string; flags?: string[] };
  timeOffsets?: Record<string, { secs?: number | bigint; nanosecs?: number }>;
  [key: string]: unknown;
}

/** The same as the runtimes take it: a list that is absent is empty. */
export interface CompleteLinux extends Linux {
  namespaces: Namespace[];
  devices: Device[];
  maskedPaths: string[];
  readonlyPaths: string[];
}
