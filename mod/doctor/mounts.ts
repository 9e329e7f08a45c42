/** What is mounted where. */
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** One mount of this process's namespace. */
export interface Mount {
  /** Where. */
  point: string;
  /** "rw", "noexec" and so on, of the mount and of its file system. */
  options: string[];
  /** "ext4", "cgroup2". */
  type: string;
}

/** Bytes; a host with thousands of containers has megabytes of them. */
const LIMIT = 64 * 1024 * 1024;

/** All of them, later ones over earlier ones. */
export function readMounts(host: Host): Mount[] {
  const { bytes } = readFile(host, "/proc/self/mountinfo", "list of mounts", LIMIT);
  return new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "").map(parseMount);
}

/** `36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw`; any number of words before the dash. */
function parseMount(line: string): Mount {
  const [own = "", system = ""] = line.split(" - ");
  const [, , , , point = "", options = ""] = own.split(" ");
  const [type = "", , more = ""] = system.split(" ");
  const plain = point.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8)));
  return { point: plain, options: [...options.split(","), ...more.split(",")], type };
}

/** The mount that a path lies on. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const holds = ({ point }: Mount) => point === "/" || path === point || path.startsWith(`${point}/`);
  return mounts.filter(holds).reduce<Mount | undefined>(
    (deepest, mount) => deepest && deepest.point.length > mount.point.length ? deepest : mount,
    undefined,
  );
}
