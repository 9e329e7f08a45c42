/**
 * The types that the OCI runtime specification gives the fields of config.json, of Linux; those of other systems
 * are left to others.
 *
 * Where an absent field has one meaning for runc and crun, it stands here too: tests/spec/config_fields_test.ts
 * runs both. It is not said of `process.capabilities`: without it runc 1.5 gives all of them, and older ones and
 * crun none.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/specs-go/config.go
 */
import { STAGES } from "./oci.ts";
import { BOOLEAN, I32, I64, listOf, mapOf, objectOf, or, type Shape, TEXT, U16, U32, U64 } from "./shapes.ts";

const TEXTS = listOf(TEXT);
const NO = or(false, BOOLEAN);
const NONE = (shape: Shape) => or([], listOf(shape));

const ID_MAPPINGS = listOf(objectOf({ containerID: U32, hostID: U32, size: U32 }));

const USER = objectOf({
  uid: or(0, U32),
  gid: or(0, U32),
  umask: or(0o22, U32),
  additionalGids: NONE(U32),
  username: TEXT,
});

export const PROCESS = objectOf({
  terminal: NO,
  consoleSize: objectOf({ height: U64, width: U64 }),
  user: or({ uid: 0, gid: 0, umask: 0o22, additionalGids: [] }, USER),
  args: NONE(TEXT),
  commandLine: TEXT,
  env: NONE(TEXT),
  cwd: TEXT,
  capabilities: objectOf({
    bounding: NONE(TEXT),
    effective: NONE(TEXT),
    inheritable: NONE(TEXT),
    permitted: NONE(TEXT),
    ambient: NONE(TEXT),
  }),
  rlimits: NONE(objectOf({ type: TEXT, hard: U64, soft: U64 })),
  noNewPrivileges: NO,
  apparmorProfile: TEXT,
  oomScoreAdj: I64,
  scheduler: objectOf({
    policy: TEXT,
    nice: I32,
    priority: I32,
    flags: TEXTS,
    runtime: U64,
    deadline: U64,
    period: U64,
  }),
  selinuxLabel: TEXT,
  ioPriority: objectOf({ class: TEXT, priority: I64 }),
  execCPUAffinity: objectOf({ initial: TEXT, final: TEXT }),
});

const MOUNT = objectOf({
  destination: TEXT,
  type: TEXT,
  source: TEXT,
  options: TEXTS,
  uidMappings: ID_MAPPINGS,
  gidMappings: ID_MAPPINGS,
});

const HOOK: Shape = objectOf({ path: TEXT, args: TEXTS, env: TEXTS, timeout: I64 });
const THROTTLED = listOf(objectOf({ major: I64, minor: I64, rate: U64 }));

export const RESOURCES = objectOf({
  devices: listOf(objectOf({ allow: NO, type: TEXT, major: I64, minor: I64, access: TEXT })),
  memory: objectOf({
    limit: I64,
    reservation: I64,
    swap: I64,
    kernel: I64,
    kernelTCP: I64,
    swappiness: U64,
    disableOOMKiller: BOOLEAN,
    useHierarchy: BOOLEAN,
    checkBeforeUpdate: BOOLEAN,
  }),
  cpu: objectOf({
    shares: U64,
    quota: I64,
    burst: U64,
    period: U64,
    realtimeRuntime: I64,
    realtimePeriod: U64,
    cpus: TEXT,
    mems: TEXT,
    idle: I64,
  }),
  pids: objectOf({ limit: I64 }),
  blockIO: objectOf({
    weight: U16,
    leafWeight: U16,
    weightDevice: listOf(objectOf({ major: I64, minor: I64, weight: U16, leafWeight: U16 })),
    throttleReadBpsDevice: THROTTLED,
    throttleWriteBpsDevice: THROTTLED,
    throttleReadIOPSDevice: THROTTLED,
    throttleWriteIOPSDevice: THROTTLED,
  }),
  hugepageLimits: listOf(objectOf({ pageSize: TEXT, limit: U64 })),
  network: objectOf({ classID: U32, priorities: listOf(objectOf({ name: TEXT, priority: U32 })) }),
  rdma: mapOf(objectOf({ hcaHandles: U32, hcaObjects: U32 })),
  unified: mapOf(TEXT),
});

const SECCOMP = objectOf({
  defaultAction: TEXT,
  defaultErrnoRet: U32,
  architectures: TEXTS,
  flags: TEXTS,
  listenerPath: TEXT,
  listenerMetadata: TEXT,
  syscalls: listOf(objectOf({
    names: TEXTS,
    action: TEXT,
    errnoRet: U32,
    args: listOf(objectOf({ index: U64, value: U64, valueTwo: U64, op: TEXT })),
  })),
});

export const DEVICE = objectOf({
  type: TEXT,
  path: TEXT,
  major: I64,
  minor: I64,
  fileMode: U32,
  uid: U32,
  gid: U32,
});

export const LINUX = objectOf({
  uidMappings: ID_MAPPINGS,
  gidMappings: ID_MAPPINGS,
  sysctl: mapOf(TEXT),
  resources: RESOURCES,
  cgroupsPath: TEXT,
  namespaces: NONE(objectOf({ type: TEXT, path: TEXT })),
  devices: NONE(DEVICE),
  netDevices: mapOf(objectOf({ name: TEXT })),
  seccomp: SECCOMP,
  rootfsPropagation: TEXT,
  maskedPaths: NONE(TEXT),
  readonlyPaths: NONE(TEXT),
  mountLabel: TEXT,
  intelRdt: objectOf({
    closID: TEXT,
    l3CacheSchema: TEXT,
    memBwSchema: TEXT,
    schemata: TEXTS,
    enableCMT: BOOLEAN,
    enableMBM: BOOLEAN,
    enableMonitoring: BOOLEAN,
  }),
  memoryPolicy: objectOf({ mode: TEXT, nodes: TEXT, flags: TEXTS }),
  personality: objectOf({ domain: TEXT, flags: TEXTS }),
  timeOffsets: mapOf(objectOf({ secs: I64, nanosecs: U32 })),
});

/** The shape of config.json. Runtimes refuse one without `process`, `root` or, crun, `linux`. */
export const SPEC = objectOf({
  ociVersion: TEXT,
  process: PROCESS,
  root: objectOf({ path: TEXT, readonly: NO }),
  hostname: TEXT,
  domainname: TEXT,
  mounts: NONE(MOUNT),
  hooks: objectOf(Object.fromEntries(STAGES.map((stage) => [stage, listOf(HOOK)]))),
  annotations: or({}, mapOf(TEXT)),
  linux: LINUX,
});
