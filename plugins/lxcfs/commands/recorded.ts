/** Which containers were given files of lxcfs: what the journal says. */
import { parseJson } from "../../../mod/text/json/json_text.ts";
import type { Host } from "../../../mod/host/host.ts";
import { type JournalEntry, listEntries } from "../../../mod/state/journal.ts";
import { idsIn, isInCgroup } from "./cgroups.ts";
import { textOf } from "./system_files.ts";

/** A container and where the journal says that it has lxcfs's files. */
export interface Recorded {
  container: JournalEntry["container"];
  /** Destination to source. */
  sources: Map<string, string>;
  /** Path of its config.json. */
  config: string;
  /** Whether no later container has its id: what is missing in that one need not have been given to it. */
  latest: boolean;
}

/** Lists the containers of which lxcfs was one plugin, whether or not they still run, the newest first. */
export function recordedContainers(host: Host): Recorded[] {
  const seen = new Set<string>();
  const started = listEntries(host).filter(({ outcome }) => outcome !== "refused");
  return started.flatMap(({ container, plugins, config }) => {
    const latest = !seen.has(container.id);
    seen.add(container.id);
    const edits = plugins.find(({ name }) => name === "lxcfs")?.edits ?? [];
    const sources = edits.flatMap((edit) => edit.edit === "mount" ? [edit.mount] : [])
      .filter(({ source, destination }) => source?.endsWith(destination) && source !== destination)
      .map(({ source, destination }) => [destination, source!] as const);
    return sources.length > 0 ? [{ container, sources: new Map(sources), config: config.path, latest }] : [];
  });
}

/**
 * Finds for each process the container that it is of, by its cgroup: engines name that after the container's id,
 * and what else it may be called is in config.json.
 */
export function ownersOf(
  host: Host,
  pids: readonly number[],
  recorded: readonly Recorded[],
): Map<number, Recorded> {
  const owners = new Map<number, Recorded>();
  const others: [pid: number, cgroups: string][] = [];
  for (const pid of pids) {
    const cgroups = textOf(host, `/proc/${pid}/cgroup`) ?? "";
    const ids = idsIn(cgroups);
    const owner = recorded.find(({ container }) => ids.has(container.id));
    if (owner) owners.set(pid, owner);
    else others.push([pid, cgroups]);
  }
  const found = new Set(owners.values());
  for (const each of recorded) {
    // The files of those alone that were not found otherwise: a host has hundreds of containers.
    const cgroupsPath = each.latest && !found.has(each) ? cgroupsPathOf(host, each) : "";
    const own = others.filter(([pid, cgroups]) => !owners.has(pid) && isInCgroup(cgroups, cgroupsPath));
    for (const [pid] of own) owners.set(pid, each);
  }
  return owners;
}

/** Reads cgroupsPath of config.json; "" where the file is gone, as after the container's end, or names none. */
function cgroupsPathOf(host: Host, { config }: Recorded): string {
  try {
    const { linux } = parseJson(textOf(host, config) ?? "", config) as { linux?: { cgroupsPath?: unknown } };
    return typeof linux?.cgroupsPath === "string" ? linux.cgroupsPath : "";
  } catch {
    return "";
  }
}
