/** What an installing would do: what is wanted, held against what is there and what is on record. */
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { missingFolders, STATE_FOLDER, type WantedItem } from "./layout.ts";
import { isOurs, look } from "./compare_item.ts";
import { isNeeded } from "./old_versions.ts";
import { allItems, type InstalledItem, type InstallRecord, type VersionItem } from "./record.ts";
import type { Step } from "./transaction.ts";

/** What a plan is made of. */
export interface PlanInput {
  /** The host whose files are replaced: that of the root. */
  host: Host;
  machine: Host;
  /** The running file, if it is in the root. */
  self: string | undefined;
  wanted: readonly WantedItem[];
  earlier: InstallRecord | undefined;
}

/**
 * Compares what is there with what is wanted, and lists the steps.
 *
 * @throws {Failure} install-foreign where something is in the way that is not ours
 */
export async function planSteps(input: PlanInput): Promise<Step[]> {
  const { host, wanted, earlier } = input;
  const recorded = earlier?.items ?? [];
  const paths = wanted.map(({ item }) => item.path);
  const isThere = (path: string) => host.realPath(path) !== undefined || paths.includes(path);
  const folders = missingFolders(paths, isThere);
  const steps: Step[] = [];
  for (const each of [...folders.map((item) => ({ item })), ...wanted]) {
    steps.push(await stepFor(input, each, recorded.filter(({ path }) => path === each.item.path)));
  }
  const made = new Set(steps.map(({ item }) => item.path));
  const obsolete = recorded.filter((item) => !made.has(item.path) && item.kind !== "folder");
  for (const item of obsolete) steps.push(await stepForObsolete(input, item, earlier!));
  return steps;
}

async function stepFor(
  { host, self }: PlanInput,
  wanted: WantedItem,
  recorded: InstalledItem[],
): Promise<Step> {
  const { item } = wanted;
  const found = await look(host, item);
  if (found === "absent") return { ...wanted, action: "make" };
  if (found === "same") return { ...wanted, action: "keep" };
  if (wanted.onlyOnce) return { ...wanted, action: "keep", note: "yours, as it is" };
  const known = await isAny(host, recorded);
  if (item.kind === "folder" || !(recorded.length > 0 || isOurs(host, item.path, self))) {
    throw failure("install-foreign", { path: item.path });
  }
  return { ...wanted, action: "replace", ...(recorded.length > 0 && !known ? { note: "was changed" } : {}) };
}

/** The version that was in force before this one stays: a launcher may be about to call it. */
async function stepForObsolete(
  { host, machine }: PlanInput,
  item: InstalledItem,
  earlier: InstallRecord,
): Promise<Step> {
  if (item.kind === "version") {
    if (item.path === earlier.program) return { item, action: "keep", note: "the version before" };
    if (isNeeded(host, machine, item.path)) return { item, action: "keep", note: "in use" };
    return { item, action: "remove" };
  }
  const unchanged = await look(host, item) === "same";
  return unchanged ? { item, action: "remove" } : { item, action: "keep", note: "was changed" };
}

async function isAny(host: Host, items: readonly InstalledItem[]): Promise<boolean> {
  for (const item of items) if (await look(host, item) === "same") return true;
  return false;
}

/** What is on record once the steps are done: what is ours, and nothing that was there before us. */
export function recordAfter(steps: readonly Step[], earlier: InstallRecord | undefined): InstalledItem[] {
  const recorded = earlier?.items ?? [];
  const wasRecorded = (path: string) => recorded.some((item) => item.path === path);
  const ours = steps.flatMap(({ action, item, onlyOnce }) => {
    if (action === "remove") return [];
    if (action !== "keep") return [item];
    // Only what was written says whether the administrator has changed it since.
    if (onlyOnce) return recorded.filter(({ path }) => path === item.path);
    // A folder that was there when we came is not ours to remove; a text that is the same to the byte is.
    return item.kind !== "folder" || wasRecorded(item.path) ? [item] : [];
  });
  const folders = recorded.filter(({ kind }) => kind === "folder");
  return allItems(folders, [STATE_FOLDER], ours);
}

/** Versions on record, whether or not they are in force. */
export function versionsOf(items: readonly InstalledItem[]): VersionItem[] {
  return items.filter((item) => item.kind === "version");
}
