/**
 * How the OCI runtime specification spells its fields.
 *
 * The Go runtimes take a field of config.json in whatever case it is written ("Process" for "process"), and of
 * two the one that comes last; we and crun take it as it is spelt. Whoever writes a bundle must not show a gate
 * one thing and the runtime another, so such a text is refused.
 *
 * @see https://pkg.go.dev/encoding/json#Unmarshal "preferring an exact match but also accepting a
 * case-insensitive match"
 */
import { failure } from "../errors.ts";

/** Every field of runtime-spec up to 1.3, of all platforms and whatever it stands in. */
const FIELDS = new Set(
  `ociVersion process root hostname domainname mounts hooks annotations linux solaris windows vm zos freebsd
  policy nice priority flags runtime deadline period nodes mode terminal consoleSize user args commandLine
  env cwd capabilities rlimits noNewPrivileges apparmorProfile oomScoreAdj scheduler selinuxLabel ioPriority
  execCPUAffinity initial final class height width bounding effective inheritable permitted ambient uid gid
  umask additionalGids username path readonly destination type source options uidMappings gidMappings
  containerID hostID size timeout prestart createRuntime createContainer startContainer poststart poststop
  sysctl resources cgroupsPath namespaces devices netDevices seccomp rootfsPropagation maskedPaths
  readonlyPaths mountLabel intelRdt memoryPolicy personality timeOffsets secs nanosecs domain hard soft
  pageSize limit name major minor weight leafWeight rate weightDevice throttleReadBpsDevice
  throttleWriteBpsDevice throttleReadIOPSDevice throttleWriteIOPSDevice reservation swap kernel kernelTCP
  swappiness disableOOMKiller useHierarchy checkBeforeUpdate shares quota burst realtimeRuntime
  realtimePeriod cpus mems idle classID priorities hcaHandles hcaObjects memory cpu pids blockIO
  hugepageLimits network rdma unified fileMode allow access defaultAction defaultErrnoRet architectures
  listenerPath listenerMetadata syscalls names action errnoRet index value valueTwo op closID schemata
  l3CacheSchema memBwSchema enableCMT enableMBM enableMonitoring milestone limitpriv maxShmMemory anet
  cappedCPU cappedMemory ncpus physical linkname lowerLink allowedAddress configureAllowedAddress defrouter
  linkProtection macAddress layerFolders credentialSpec servicing ignoreFlushesDuringBoot hyperv id idType
  storage count maximum iops bps sandboxSize endpointList allowUnqualifiedDNSQuery DNSSearchList
  networkSharedContainerName networkNamespace utilityVMPath hypervisor image parameters initrd format
  deviceTree vcpus dtdevs iomems irqs firstGFN nrMFNs jail parent host ip4 ip4Addr ip6 ip6Addr vnet
  interface vnetInterfaces sysvmsg sysvsem sysvshm enforceStatfs setHostname rawSockets chflags mount quotas
  socketAf mlock reservedPorts suser affinity firstMFN group hwconfig mask`.split(/\s+/),
);

/** Whose keys are names of something, and no fields. */
const MAPS = new Set(["annotations", "sysctl", "unified", "rdma", "netDevices", "timeOffsets"]);

/** Whose content the specification leaves to others. */
const OPAQUE = new Set(["credentialSpec"]);

const BY_FOLDED = new Map([...FIELDS].map((field) => [folded(field), field]));

/**
 * Refuses a text in which a Go runtime finds another field than we do.
 *
 * Fields that the specification does not know are passed over with all that is in them, as the runtimes do.
 *
 * @param what names the file in messages
 * @throws {Failure} config-spelling
 *
 * @example
 * ```ts
 * import { refuseMisspelt } from "./field_names.ts";
 * refuseMisspelt({ process: { user: { uid: 0 } }, "x-vendor": { Process: 1 } }, "config.json in /b");
 * ```
 */
export function refuseMisspelt(value: unknown, what: string): void {
  if (Array.isArray(value)) {
    for (const item of value) refuseMisspelt(item, what);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    if (!FIELDS.has(field)) refuseOther(field, what);
    else if (MAPS.has(field)) refuseMisspelt(Object.values(inner ?? {}), what);
    else if (!OPAQUE.has(field)) refuseMisspelt(inner, what);
  }
}

function refuseOther(field: string, what: string): void {
  const known = BY_FOLDED.get(folded(field));
  if (known !== undefined) throw failure("config-spelling", { what, field, known });
}

/**
 * Folds a name as Go does: the letters of ASCII, and the two other letters that fold to one of those, ſ and the
 * kelvin sign.
 */
function folded(field: string): string {
  return field.toLowerCase().replaceAll("ſ", "s");
}
