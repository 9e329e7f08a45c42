/** `container-hooks lxcfs remount`: heals containers whose lxcfs was restarted under them. */
import type { Context } from "../../../mod/command/context.ts";
import { printJson, printTable } from "../../../mod/command/output.ts";
import { failure, oneLine } from "../../../mod/errors.ts";
import { heal, type Healed } from "./heal.ts";
import { containersWithViews, type LiveContainer } from "./live.ts";

/**
 * Heals one container, or all.
 *
 * @throws {Failure} usage, not-found, lxcfs-remount
 */
export async function remount(
  this: Context,
  { all, json }: { all: boolean; json: boolean },
  wanted?: string,
): Promise<void> {
  if (all === (wanted !== undefined)) {
    throw failure("usage", { why: "`container-hooks lxcfs remount` takes a container, or --all" });
  }
  const live = containersWithViews(this.host);
  const results = heal(this.host, wanted === undefined ? live : ofContainer(live, wanted));
  if (json) printJson(this.host, results);
  else await print(this, results);
  const failed = results.flatMap(({ id, failed }) => failed.map(({ path, why }) => ({ id, path, why })));
  if (failed.length > 0) throw failure("lxcfs-remount", { count: failed.length, ...failed[0]! });
}

/** By id, name, or the beginning of an id. */
function ofContainer(live: readonly LiveContainer[], wanted: string): LiveContainer[] {
  const exact = live.filter(({ container: { id, names } }) => id === wanted || names.includes(wanted));
  const found = exact.length > 0 ? exact : live.filter(({ container }) => container.id.startsWith(wanted));
  if (found.length > 0) return found;
  throw failure("not-found", {
    what: `no running container ${JSON.stringify(wanted)} has files of lxcfs from us`,
    remedy: "`container-hooks lxcfs status` lists those that have",
  });
}

async function print({ host }: Context, results: readonly Healed[]): Promise<void> {
  if (results.length === 0) return host.stdout("nothing is stale\n");
  await printTable(
    host,
    ["CONTAINER", "NAME", "PID", "HEALED", "FAILED"],
    results.map(({ id, name, pid, healed, failed }) => [
      oneLine(id).slice(0, 12),
      oneLine(name),
      String(pid),
      String(healed.length),
      failed.map(({ path }) => path).join(" ") || "none",
    ]),
  );
}
