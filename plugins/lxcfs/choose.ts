/** Which of lxcfs's files a container gets. */
import type { Container } from "container-hooks/plugin";
import { CPU_FOLDER, CPU_ONLINE } from "./views.ts";

/** What was decided. */
export interface Choice {
  /** Paths, the same in lxcfs and in the container. */
  views: string[];
  /** Why others are left out: "/proc/stat: the container mounts over it". */
  leftOut: string[];
}

/** What of the container bears on one path. */
type Facts = Pick<Container, "mounts" | "linux" | "runtime">;

/**
 * Chooses from what lxcfs offers: nothing that the container mounts over or hides, and nothing that its runtime
 * would refuse.
 */
export function chooseViews(container: Facts, offered: readonly string[]): Choice {
  const choice: Choice = { views: [], leftOut: [] };
  const consider = (path: string) => {
    const reason = whyNot(container, path);
    if (reason === undefined) choice.views.push(path);
    else choice.leftOut.push(`${path}: ${reason}`);
  };
  for (const path of offered) {
    // In the folder already.
    if (path === CPU_ONLINE && choice.views.includes(CPU_FOLDER)) continue;
    consider(path);
  }
  return choice;
}

function whyNot(container: Facts, path: string): string | undefined {
  if (path.startsWith("/proc/pressure/") && !container.runtime.startsWith("crun")) {
    // runc has a list of files of /proc that may be mounted on; every other mount there is an error.
    return `${container.runtime} refuses a mount there`;
  }
  const masked = texts(container.linux.maskedPaths);
  if (masked.some((hidden) => isWithin(path, hidden))) return "the container hides it";
  // Mounting over a folder would uncover what is hidden in it, or made read-only, or mounted.
  const inside = [...masked, ...texts(container.linux.readonlyPaths)];
  if (inside.some((hidden) => hidden !== path && isWithin(hidden, path))) {
    return "the container hides or protects something in it";
  }
  return whyNotByMounts(container.mounts, path);
}

function whyNotByMounts(mounts: Facts["mounts"], path: string): string | undefined {
  if (mounts.map(({ destination }) => clean(destination)).some((at) => at !== path && isWithin(at, path))) {
    return "the container mounts something in it";
  }
  const top = path.startsWith("/proc/") ? "/proc" : "/sys";
  // The last one lies on top.
  const over = mounts.findLast(({ destination }) => isWithin(path, clean(destination)));
  if (!over || !isWithin(clean(over.destination), top)) return `the container has no ${top}`;
  if (clean(over.destination) !== top) return "the container mounts over it";
  return isSystems(over, top) ? undefined : `the container has its own ${top}`;
}

/**
 * Tells whether /proc or /sys is the system's own. With the network of the host and another user, /sys is the host's,
 * bound.
 */
function isSystems({ type, source }: Facts["mounts"][number], top: string): boolean {
  return type === (top === "/proc" ? "proc" : "sysfs") || (top === "/sys" && source === "/sys");
}

/** Reads a destination as runtimes do: from the container's root, without `.` and `..`. */
function clean(destination: string): string {
  const parts: string[] = [];
  for (const part of destination.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").map(clean) : [];
}

/** Whether `path` is `folder` or lies in it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
