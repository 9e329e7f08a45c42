/**
 * Uninstalling. What engines call goes first and the record last: killed at any moment, uninstalling again goes
 * on, and installing again makes it whole.
 */
import type { Host } from "../host/host.ts";
import { restoreBundle } from "./bundles.ts";
import { removeLeftOvers } from "./left_overs.ts";
import { type InstallLock, lockInstallation } from "./lock.ts";
import { LOCK, RECORD, STATE } from "./places.ts";
import { writeRecord } from "./record.ts";
import { withinRoot } from "./root.ts";
import { forgetUnit, stopsService, tellSystemd } from "./service.ts";
import { removeIfEmpty, removeTree } from "./tree.ts";
import type { Removal } from "./removals.ts";
import { makeUninstallPlan, type UninstallPlan, type UninstallRequest } from "./uninstall_plan.ts";

/**
 * Uninstalls; where nothing is installed and nothing is left, nothing is touched.
 *
 * @returns what was done, and what was kept
 * @throws {Failure} those of {@linkcode import("./uninstall_plan.ts").planUninstall}, file-unremovable, file-unwritable
 */
export async function uninstall(machine: Host, request: UninstallRequest): Promise<UninstallPlan> {
  return await withinRoot(machine, request.root, async (host) => {
    const first = await makeUninstallPlan(host, request);
    if (!first.record && !host.lstat(LOCK) && !removesAnything(first)) return first;
    using lock = await lockInstallation(host);
    const plan = await makeUninstallPlan(host, request);
    const stops = plan.record !== undefined && stopsService(host, request.root);
    const serviceTrouble = stops ? await tellSystemd(host, "stop") : undefined;
    carryOutAll(host, plan, lock);
    if (stops) await forgetUnit(host);
    return { ...plan, ...serviceTrouble === undefined ? {} : { serviceTrouble } };
  });
}

/** Whether there is more to it than what is kept. */
export function removesAnything({ removals }: UninstallPlan): boolean {
  return removals.some(({ action }) => action !== "keep");
}

function carryOutAll(host: Host, { record, removals, bundles }: UninstallPlan, lock: InstallLock): void {
  const items = record?.items ?? [];
  if (record) writeRecord(host, { ...record, state: "changing" });
  removeLeftOvers(host, items);
  for (const bundle of bundles) restoreBundle(host, bundle);
  for (const removal of removals) carryOut(host, removal);
  removeTree(host, RECORD);
  lock.removeWith(items.filter(({ path }) => STATE.startsWith(`${path}/`)));
}

function carryOut(host: Host, { action, path, item }: Removal): void {
  if (action !== "remove") return;
  if (item?.kind === "folder") removeIfEmpty(host, path);
  else removeTree(host, path);
}
