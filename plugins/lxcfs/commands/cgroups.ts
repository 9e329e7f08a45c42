/** Which container's cgroup a process is in. */
import { namesOf } from "../../../mod/core/path.ts";

/** What engines and runtimes put in front of the id. */
const ENGINE_PREFIX = /^(docker|libpod-payload|libpod|crio|cri-containerd|nerdctl|runc|crun)-/;

/**
 * Ids that the container of a process may have: engines name its cgroup after that.
 *
 * @param cgroups /proc/PID/cgroup, seen from the host
 * @example
 * ```ts
 * import { namesOf } from "../../../mod/core/path.ts";
import { idsIn } from "./cgroups.ts";
 * idsIn("0::/system.slice/docker-4f79.scope/init").has("4f79"); // true
 * ```
 */
export function idsIn(cgroups: string): Set<string> {
  const parts = pathsOf(cgroups).flat();
  return new Set(parts.flatMap((part) => [part, part.replace(/[.]scope$/, "").replace(ENGINE_PREFIX, "")]));
}

/**
 * Whether a process is in the cgroup that a config.json asks for, or below it.
 *
 * @param cgroupsPath `linux.cgroupsPath`: a path, or SLICE:PREFIX:NAME where systemd makes it.
 * @example
 * ```ts
 * import { isInCgroup } from "./cgroups.ts";
 * isInCgroup("0::/machine.slice/my-web.scope", "machine.slice:my:web"); // true
 * ```
 */
export function isInCgroup(cgroups: string, cgroupsPath: string): boolean {
  const wanted = namesOf(asSystemdNames(cgroupsPath) ?? cgroupsPath);
  if (wanted.length === 0) return false;
  return pathsOf(cgroups).some((parts) =>
    parts.some((_, start) => wanted.every((part, index) => part === parts[start + index]))
  );
}

/** The unit, which has its name once in a system; in which slice it lies is part of that slice's name. */
function asSystemdNames(cgroupsPath: string): string | undefined {
  const [, prefix, name] = /^[^:]*:([^:]*):([^:]+)$/.exec(cgroupsPath) ?? [];
  if (name === undefined) return undefined;
  if (name.endsWith(".slice")) return name;
  return prefix ? `${prefix}-${name}.scope` : `${name}.scope`;
}

/** Lists the path in each hierarchy, from lines such as "4:memory:/docker/4f79". */
function pathsOf(cgroups: string): string[][] {
  return cgroups.split("\n").map((line) => namesOf(line.split(":").slice(2).join(":")));
}
