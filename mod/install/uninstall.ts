/**
 * Uninstalling. What engines call goes first and the record last: killed at any moment, uninstalling again goes
 * on, and installing again makes it whole.
 */
import type { Host } from "../host/host.ts";
import { restoreBundle } from "./bundles.ts";
import { removeLeftOvers } from "./left_overs.ts";
import { lockInstallation } from "./lock.ts";
import { RECORD, STATE } from "./places.ts";
import { writeRecord } from "./record.ts";
import { rootedHost } from "./rooted_host.ts";
import { removeIfEmpty, removeTree } from "./tree.ts";
import type { Removal } from "./removals.ts";
import { planUninstall, type UninstallPlan, type UninstallRequest } from "./uninstall_plan.ts";

/**
 * Uninstalls.
 *
 * @returns what was done, and what was kept
 * @throws {Failure} those of {@linkcode planUninstall}, file-unremovable, file-unwritable
 */
export async function uninstall(machine: Host, request: UninstallRequest): Promise<UninstallPlan> {
  const host = rootedHost(machine, request.root);
  await planUninstall(machine, request); // Before the lock's folder is made.
  using lock = await lockInstallation(host);
  const plan = await planUninstall(machine, request);
  const { record, removals, bundles } = plan;
  const items = record?.items ?? [];
  if (record) writeRecord(host, { ...record, state: "changing" });
  removeLeftOvers(host, items);
  for (const bundle of bundles) restoreBundle(host, bundle);
  for (const removal of removals) carryOut(host, removal);
  removeTree(host, RECORD);
  lock.removeWith(items.filter(({ path }) => STATE.startsWith(`${path}/`)));
  return plan;
}

function carryOut(host: Host, { action, path, item }: Removal): void {
  if (action !== "remove") return;
  if (item?.kind === "folder") removeIfEmpty(host, path);
  else removeTree(host, path);
}
