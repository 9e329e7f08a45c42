/** Putting the files of the lxcfs that runs where those of one that is gone are, or none is any more. */
import { replaceMounts } from "../../../mod/host/replace_mounts.ts";
import type { HeldView, LiveContainer } from "./live.ts";
import type { Server, Servers } from "./server.ts";

/** A path that does not show its container's own values. */
export interface Unhealed {
  path: string;
  why: string;
  /** What to do about it. */
  remedy: string;
}

/** What became of one container. */
export interface Healed {
  id: string;
  name: string;
  pid: number;
  /** Paths in the container that show its own values again. */
  healed: string[];
  failed: Unhealed[];
}

/** Heals what is not current in each; containers in which all is are not in the result. */
export async function heal(containers: readonly LiveContainer[], server: Servers): Promise<Healed[]> {
  const results: Healed[] = [];
  for (const live of containers) {
    const ill = live.views.filter(({ state }) => state !== "current");
    if (ill.length > 0) results.push(await healOne(live, ill, server));
  }
  return results;
}

async function healOne(
  { container, pid, namespace }: LiveContainer,
  ill: readonly HeldView[],
  server: Servers,
): Promise<Healed> {
  const result: Healed = { id: container.id, name: container.names[0] ?? "", pid, healed: [], failed: [] };
  const ready: HeldView[] = [];
  for (const view of ill) {
    const found = await server(view.source);
    // A stale file that fails is better than none of lxcfs: the program inside would take the host's for its own.
    if (found.state === "running") ready.push(view);
    else result.failed.push({ path: view.target, ...whyNot(view, found) });
  }
  const replacements = ready.map(({ source, target, stacked }) => ({ source, target, replaces: stacked }));
  for (const [index, why] of replaceAll(pid, namespace, replacements).entries()) {
    const { target } = ready[index]!;
    if (why === undefined) result.healed.push(target);
    else result.failed.push({ path: target, why, remedy: TRY_AGAIN });
  }
  return result;
}

/** What to do where lxcfs runs and the system did not let a mount be replaced. */
const TRY_AGAIN =
  "mend that and try again; `container-hooks lxcfs status` shows what the container has until then";

/** What to do about an lxcfs that neither answers nor ends. */
export const RESTART = "restart it (systemctl restart lxcfs)";

function whyNot({ source }: HeldView, { state, point }: Server): Pick<Unhealed, "why" | "remedy"> {
  return state === "silent"
    ? { why: `the lxcfs at ${point} does not answer`, remedy: `${RESTART}, then try again` }
    : { why: `no lxcfs that runs has ${source}`, remedy: "start it (systemctl start lxcfs), then try again" };
}

/** A container that ends meanwhile is a reason like any other. */
function replaceAll(...[pid, namespace, all]: Parameters<typeof replaceMounts>): (string | undefined)[] {
  try {
    return all.length === 0 ? [] : replaceMounts(pid, namespace, all);
  } catch (error) {
    return all.map(() => (error as Error).message);
  }
}
