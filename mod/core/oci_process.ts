/**
 * The words of the OCI runtime specification for the container's process. Fields of 64 bits are bigint, as plugins see
 * them (wide_fields.ts).
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#process
 */

/** The limits that the specification names, of getrlimit(2). */
export const RLIMITS = [
  "RLIMIT_AS",
  "RLIMIT_CORE",
  "RLIMIT_CPU",
  "RLIMIT_DATA",
  "RLIMIT_FSIZE",
  "RLIMIT_LOCKS",
  "RLIMIT_MEMLOCK",
  "RLIMIT_MSGQUEUE",
  "RLIMIT_NICE",
  "RLIMIT_NOFILE",
  "RLIMIT_NPROC",
  "RLIMIT_RSS",
  "RLIMIT_RTPRIO",
  "RLIMIT_RTTIME",
  "RLIMIT_SIGPENDING",
  "RLIMIT_STACK",
] as const;

/** Names a limit of a process. */
export type RlimitType = (typeof RLIMITS)[number];

/** A limit of the process. 2^64 - 1 is none. */
export interface Rlimit {
  type: string;
  soft: bigint;
  hard: bigint;
}

/** The sets of capabilities that a process has, of capabilities(7). */
export const CAPABILITY_SETS = ["bounding", "effective", "inheritable", "permitted", "ambient"] as const;

/** Names a set of capabilities. */
export type CapabilitySet = (typeof CAPABILITY_SETS)[number];

/** Capabilities by set: "CAP_NET_RAW". */
export type Capabilities = Partial<Record<CapabilitySet, string[]>>;

/** Whom the process runs as, by ids in the container. */
export interface User {
  uid?: number;
  gid?: number;
  umask?: number;
  additionalGids?: number[];
  username?: string;
  [key: string]: unknown;
}

/** The container's process, as config.json has it. */
export interface Process {
  terminal?: boolean;
  consoleSize?: { height: number; width: number };
  cwd?: string;
  args?: string[];
  env?: string[];
  user?: User;
  capabilities?: Capabilities;
  rlimits?: Rlimit[];
  noNewPrivileges?: boolean;
  apparmorProfile?: string;
  selinuxLabel?: string;
  oomScoreAdj?: number;
  scheduler?: {
    policy: string;
    nice?: number;
    priority?: number;
    flags?: string[];
    runtime?: number | bigint;
    deadline?: number | bigint;
    period?: number | bigint;
  };
  ioPriority?: { class: string; priority?: number };
  execCPUAffinity?: { initial?: string; final?: string };
  [key: string]: unknown;
}

/**
 * A process as the runtimes take it: what they fill in where config.json has nothing is there. `capabilities` may be
 * absent: then runc gives all from 1.5 on, and earlier ones and crun none.
 */
export interface CompleteProcess extends Process {
  terminal: boolean;
  args: string[];
  env: string[];
  user: User & { uid: number; gid: number; umask: number; additionalGids: number[] };
  capabilities?: Required<Capabilities>;
  rlimits: Rlimit[];
  noNewPrivileges: boolean;
}
