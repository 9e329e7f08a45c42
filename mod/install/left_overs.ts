/** What a kill leaves behind: names that only an unfinished installing has. */
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { folderOf } from "../core/path.ts";
import { TEMPORARY, temporaryOf } from "./places.ts";
import type { InstalledItem } from "./record.ts";
import { removeTree } from "./tree.ts";

/** Names beside the folders of versions: one that is being made, and one that a new one has replaced. */
export const MAKING = ".new", REPLACED = ".old";

/** Whether a name is one of those. */
export function isLeftOver(name: string): boolean {
  return name.startsWith(TEMPORARY) || name === MAKING || name === REPLACED;
}

/** Removes versions that were not finished. */
export function removeUnfinished(host: Host, prefix: string): void {
  for (const name of [MAKING, REPLACED]) removeTree(host, `${prefix}/${name}`);
}

/** Removes all that a kill may have left around `items`. */
export function removeLeftOvers(host: Host, items: readonly InstalledItem[]): void {
  for (const { kind, path } of items) {
    if (host.realPath(folderOf(path)) === undefined) continue;
    if (kind === "version") removeUnfinished(host, folderOf(path));
    else if (kind !== "folder") discard(host, temporaryOf(path));
  }
}
