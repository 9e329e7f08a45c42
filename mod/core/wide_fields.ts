/**
 * Fields of config.json that the OCI runtime specification makes 64 bits wide: plugins see them as bigint whatever
 * their value, so that code which was tried with a small limit works with a large one.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/schema/config-linux.json
 */

/** Paths from the top of config.json; `*` stands for every element of a list. */
const WIDE = [
  "process/rlimits/*/soft",
  "process/rlimits/*/hard",
  "linux/devices/*/major",
  "linux/devices/*/minor",
  "linux/resources/devices/*/major",
  "linux/resources/devices/*/minor",
  ...["limit", "reservation", "swap", "kernel", "kernelTCP", "swappiness"].map((field) =>
    `linux/resources/memory/${field}`
  ),
  ...["shares", "quota", "burst", "period", "realtimeRuntime", "realtimePeriod", "idle"].map((field) =>
    `linux/resources/cpu/${field}`
  ),
  "linux/resources/pids/limit",
  "linux/resources/hugepageLimits/*/limit",
  ...["ReadBps", "WriteBps", "ReadIOPS", "WriteIOPS"].flatMap((field) =>
    ["major", "minor", "rate"].map((part) => `linux/resources/blockIO/throttle${field}Device/*/${part}`)
  ),
  ...["major", "minor"].map((part) => `linux/resources/blockIO/weightDevice/*/${part}`),
  "linux/seccomp/syscalls/*/args/*/value",
  "linux/seccomp/syscalls/*/args/*/valueTwo",
].map((path) => path.split("/"));

type Branch = Record<string, unknown>;

/** Puts bigints into `spec`, which is changed. What is no whole number stays for whoever checks it. */
export function widenFields<S extends object>(spec: S): S {
  for (const path of WIDE) widen(spec as Branch, path, 0);
  return spec;
}

function widen(branch: unknown, path: readonly string[], depth: number): void {
  if (typeof branch !== "object" || branch === null) return;
  const step = path[depth]!;
  if (step === "*") {
    if (Array.isArray(branch)) { for (const element of branch) widen(element, path, depth + 1); }
    return;
  }
  if (!Object.hasOwn(branch, step)) return;
  const value = (branch as Branch)[step];
  if (depth < path.length - 1) return widen(value, path, depth + 1);
  if (typeof value === "number" && Number.isSafeInteger(value)) (branch as Branch)[step] = BigInt(value);
}
