/** Putting the files of the lxcfs that runs in place of those of one that is gone. */
import { replaceMounts } from "../../../mod/host/mount_namespace.ts";
import type { Host } from "../../../mod/host/host.ts";
import type { LiveContainer } from "./live.ts";
import { serverOf } from "./server.ts";

/** What became of one container. */
export interface Healed {
  id: string;
  name: string;
  pid: number;
  /** Paths in the container that show its own values again. */
  healed: string[];
  /** Paths that do not, and why. */
  failed: { path: string; why: string }[];
}

/** Heals what is stale in each; containers without anything stale are not in the result. */
export function heal(host: Host, containers: readonly LiveContainer[]): Healed[] {
  const server = serverOf(host);
  return containers.filter(({ mounts }) => mounts.some(({ stale }) => stale)).map((live) =>
    healOne(live, (source) => server(source) !== undefined)
  );
}

function healOne(
  { container, pid, namespace, mounts }: LiveContainer,
  runs: (source: string) => boolean,
): Healed {
  const result: Healed = { id: container.id, name: container.names[0] ?? "", pid, healed: [], failed: [] };
  const stale = mounts.filter(({ stale }) => stale);
  // A stale file that fails is better than none of lxcfs: the program inside would take the host's for its own.
  for (const { source, target } of stale.filter(({ source }) => !runs(source))) {
    result.failed.push({ path: target, why: `no lxcfs that runs has ${source}` });
  }
  const ready = stale.filter(({ source }) => runs(source));
  const replacements = ready.map(({ source, target, stacked }) => ({ source, target, replaces: stacked }));
  for (const [index, why] of replaceAll(pid, namespace, replacements).entries()) {
    const { target } = ready[index]!;
    if (why === undefined) result.healed.push(target);
    else result.failed.push({ path: target, why });
  }
  return result;
}

/** A container that ends meanwhile is a reason like any other. */
function replaceAll(...[pid, namespace, all]: Parameters<typeof replaceMounts>): (string | undefined)[] {
  try {
    return all.length === 0 ? [] : replaceMounts(pid, namespace, all);
  } catch (error) {
    return all.map(() => (error as Error).message);
  }
}
