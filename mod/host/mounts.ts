/** What is mounted where: /proc/PID/mountinfo, see proc_pid_mountinfo(5). */
import { readFile } from "./files.ts";
import type { Host } from "./host.ts";

/** One mount. */
export interface MountedTree {
  id: number;
  /** Id of the mount that it is mounted on. */
  parent: number;
  /** "0:41"; a file system that is mounted anew, such as a FUSE that was started again, has another. */
  device: string;
  /** What of the file system is mounted: "/proc/cpuinfo". */
  root: string;
  /** Where, seen from the root of the process. */
  point: string;
  /** "rw", "noexec" and so on, of the mount and of its file system. */
  options: string[];
  /** Whether what is mounted below it later appears in mounts that were made from it. */
  shared: boolean;
  /** "ext4", "cgroup2", "fuse.lxcfs". */
  type: string;
}

/** Bytes; a host with thousands of containers has megabytes of them. */
const LIMIT = 64 * 1024 * 1024;

/**
 * Gets the mounts that this process sees.
 *
 * @throws {Failure} the file-* of reading
 */
export function readMounts(host: Host): MountedTree[] {
  const { bytes } = readFile(host, "/proc/self/mountinfo", "list of mounts", LIMIT);
  return parseMounts(new TextDecoder().decode(bytes));
}

/** Parses the text of /proc/PID/mountinfo. @param text /proc/PID/mountinfo */
export function parseMounts(text: string): MountedTree[] {
  return text.split("\n").filter((line) => line !== "").map(parseMount);
}

/** `36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw`; any number of words before the dash. */
function parseMount(line: string): MountedTree {
  const fields = line.split(" ");
  const [id, parent, device = "", root = "", point = "", options = ""] = fields;
  const dash = fields.indexOf("-", 6);
  const [type = "", , more = ""] = fields.slice(dash + 1);
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    root: unescape(root),
    point: unescape(point),
    options: [...options.split(","), ...more.split(",")],
    shared: fields.slice(6, dash).some((field) => field.startsWith("shared:")),
    type,
  };
}

/** The kernel writes spaces, tabs, line ends and backslashes as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/**
 * Gets the mount that a path leads to, as the kernel walks it: from the root down, at each place to what was mounted
 * there last.
 *
 * @param path Absolute, without symbolic links.
 */
export function mountOf(mounts: readonly MountedTree[], path: string): MountedTree | undefined {
  const ids = new Set(mounts.map(({ id }) => id));
  const above = mounts.filter(({ point }) => isWithin(path, point));
  // What the outermost ones are mounted on is nothing that this process can see.
  let next = outermost(above.filter(({ id, parent }) => parent === id || !ids.has(parent)));
  let found: MountedTree | undefined;
  while (next) {
    found = next;
    const { id: below } = next;
    next = outermost(above.filter(({ id, parent }) => parent === below && id !== below));
  }
  return found;
}

function outermost(mounts: readonly MountedTree[]): MountedTree | undefined {
  return mounts.toSorted((a, b) => a.point.length - b.point.length)[0];
}

/** `top` and what of the same type lies right under it at the same place: one for each time it was mounted. */
export function stackOf(mounts: readonly MountedTree[], top: MountedTree): MountedTree[] {
  const below = mounts.find(({ id, point, type }) =>
    id === top.parent && id !== top.id && point === top.point && type === top.type
  );
  return below ? [top, ...stackOf(mounts, below)] : [top];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
