/** The files that lxcfs can stand in for, and which of them a running one really offers. */
import type { PluginHost } from "container-hooks/plugin";

/** The type under which the kernel lists lxcfs. */
export const LXCFS = "fuse.lxcfs";

/** The folder where distributions mount lxcfs. */
export const FOLDER = "/var/lib/lxcfs";

/** A folder that lxcfs from 5.0 on has whole; older ones have the file `online` in it alone. */
export const CPU_FOLDER = "/sys/devices/system/cpu";
/** The one file of it that says how many processors there are. */
export const CPU_ONLINE = `${CPU_FOLDER}/online`;
/** A file that only the whole folder has; LXC's own mount hook goes by it. */
const CPU_WHOLE = `${CPU_FOLDER}/uevent`;

/** A file that every lxcfs has. */
export const ALWAYS_THERE = "/proc/uptime";

/** Files of /proc, each with the same path in lxcfs as in a container. */
const PROC_VIEWS = [
  "/proc/cpuinfo",
  "/proc/diskstats",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/pressure/cpu",
  "/proc/pressure/io",
  "/proc/pressure/memory",
  "/proc/slabinfo",
  "/proc/stat",
  "/proc/swaps",
  "/proc/uptime",
] as const;

/**
 * What the lxcfs that is mounted on `folder` offers: paths of {@linkcode PROC_VIEWS}, and {@linkcode CPU_ONLINE},
 * with {@linkcode CPU_FOLDER} before it where that is whole.
 *
 * Which ones these are depends on lxcfs's version and on the cgroups that it found, so it is asked, file by file.
 *
 * @returns undefined where none is mounted there, or the one that is does not answer any more
 */
export function offeredBy(host: PluginHost, folder: string): string[] | undefined {
  if (!isMounted(host, folder) || !answers(host, folder)) return undefined;
  // The container's /proc is this kernel's: what that has not cannot be mounted on.
  const has = (path: string) => [`${folder}${path}`, path].every((at) => isFile(host, at));
  return [
    ...PROC_VIEWS.filter(has),
    ...(has(CPU_WHOLE) ? [CPU_FOLDER] : []),
    ...(has(CPU_ONLINE) ? [CPU_ONLINE] : []),
  ];
}

/** Whether what was mounted last on `folder` is an lxcfs: files that lie on the disk there may be anybody's. */
function isMounted(host: PluginHost, folder: string): boolean {
  // As the kernel writes it.
  const point = folder.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
  const mounts = host.readTextFile("/proc/self/mountinfo").split("\n").map((line) => line.split(" "));
  const last = mounts.findLast((fields) => fields[4] === point);
  return last?.[last.indexOf("-", 6) + 1] === LXCFS;
}

/** The kernel remembers for a second what a file of lxcfs is, so that only reading one tells whether it is alive. */
function answers(host: PluginHost, folder: string): boolean {
  try {
    return host.readTextFile(`${folder}${ALWAYS_THERE}`) !== "";
  } catch {
    return false;
  }
}

/** An lxcfs that found no cgroups says "Permission denied". */
function isFile(host: PluginHost, path: string): boolean {
  try {
    return host.lstat(path)?.kind === "a regular file";
  } catch {
    return false;
  }
}
