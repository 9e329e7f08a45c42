/** What a process has mounted: /proc/PID/mountinfo, see proc_pid_mountinfo(5). */

/** The type under which the kernel lists lxcfs. */
export const LXCFS = "fuse.lxcfs";

/** One mount. */
export interface MountEntry {
  id: number;
  /** Id of the mount that it is mounted on. */
  parent: number;
  /** "0:41"; every lxcfs that was ever started and is still held by somebody has its own. */
  device: string;
  /** What of the file system is mounted: "/proc/cpuinfo". */
  root: string;
  /** Where, seen from the root of the process. */
  point: string;
  /** Whether what is mounted below it later appears in mounts that were made from it. */
  shared: boolean;
  /** "proc", "fuse.lxcfs". */
  type: string;
}

/** @param text /proc/PID/mountinfo */
export function parseMountTable(text: string): MountEntry[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const fields = line.split(" ");
    const end = fields.indexOf("-", 6);
    return {
      id: Number(fields[0]),
      parent: Number(fields[1]),
      device: fields[2]!,
      root: unescape(fields[3]!),
      point: unescape(fields[4]!),
      shared: fields.slice(6, end).some((field) => field.startsWith("shared:")),
      type: fields[end + 1]!,
    };
  });
}

/** The kernel writes spaces, tabs, line ends and backslashes as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/**
 * The mount that a path leads to, as the kernel walks it: from the root down, at each place to what was mounted
 * there last.
 *
 * @param path Absolute, without symbolic links.
 */
export function mountOf(table: readonly MountEntry[], path: string): MountEntry | undefined {
  const ids = new Set(table.map(({ id }) => id));
  const on = (below: MountEntry) => (entry: MountEntry) => entry.parent === below.id && entry !== below;
  // The root's own parent is nothing that this process can see.
  let current = table.find(({ id, parent }) => parent === id || !ids.has(parent));
  while (current) {
    const next: MountEntry | undefined = table.filter(on(current))
      .filter(({ point }) => isWithin(path, point))
      .reduce<MountEntry | undefined>((a, b) => a && a.point.length <= b.point.length ? a : b, undefined);
    if (!next) return current;
    current = next;
  }
  return undefined;
}

/** `top` and what of the same type lies right under it at the same place: one for each time it was mounted. */
export function stackOf(table: readonly MountEntry[], top: MountEntry): MountEntry[] {
  const below = table.find(({ id, point, type }) =>
    id === top.parent && id !== top.id && point === top.point && type === top.type
  );
  return below ? [top, ...stackOf(table, below)] : [top];
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
