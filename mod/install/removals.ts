/** What is removed at an uninstalling, in which order, and what is kept. */
import type { Host } from "../host/host.ts";
import { readLedger } from "../engines/setup/ledger.ts";
import { isLeftOver } from "./left_overs.ts";
import { look } from "./compare_item.ts";
import { folderOf, nameOf } from "../core/path.ts";
import { CACHES, CONFIG, LOCK, RECORD, STATE } from "./places.ts";
import { STATE_FOLDER } from "./layout.ts";
import type { InstalledItem } from "./record.ts";

/** What is done about one path. */
export interface Removal {
  action: "remove" | "keep" | "restore";
  path: string;
  /** Why it is kept, or what it is. */
  note?: string;
  item?: InstalledItem;
}

/** Makes the removal of a path. */
export function removal(path: string, item?: InstalledItem): Removal {
  return { action: "remove", path, item };
}

/** Marks a path as the administrator's: it is kept unless `--purge` is given. */
export function keptUnlessPurged(path: string): Removal {
  return { action: "keep", path, note: "--purge removes it" };
}

/** Lists removals so that the last that was made, what engines call, goes first. */
export async function fileRemovals(
  host: Host,
  items: readonly InstalledItem[],
  purge: boolean,
): Promise<Removal[]> {
  const files = items.filter(({ kind }) => kind === "file" || kind === "link");
  const removals: Removal[] = [];
  for (const path of new Set(files.map(({ path }) => path).toReversed())) {
    if (host.lstat(path)) removals.push(await fileRemoval(host, path, files, purge));
  }
  return removals;
}

async function fileRemoval(
  host: Host,
  path: string,
  files: readonly InstalledItem[],
  purge: boolean,
): Promise<Removal> {
  for (const item of files.filter((item) => item.path === path)) {
    if (await look(host, item) === "same") return removal(path, item);
  }
  if (purge && path === CONFIG) return removal(path);
  return { action: "keep", path, note: "was changed since it was installed" };
}

/**
 * Folders that we have made and that nobody else has put anything into, from the deepest up; the state folder is
 * ours whoever has made it.
 */
export function folderRemovals(
  host: Host,
  items: readonly InstalledItem[],
  files: readonly Removal[],
): Removal[] {
  const removed = new Set(files.filter(({ action }) => action === "remove").map(({ path }) => path));
  const goesWith = (path: string) => [...removed].some((above) => isOf(path, above));
  const depth = ({ path }: InstalledItem) => path.split("/").length;
  const recorded = items.filter(({ kind, path }) => kind === "folder" && path !== STATE);
  const folders = [...recorded, STATE_FOLDER].filter(({ path }) =>
    host.lstat(path)?.kind === "a folder" && !goesWith(path)
  );
  return folders.toSorted((a, b) => depth(b) - depth(a)).map((item) => {
    const { path } = item;
    const names = host.readFolder(path).map(({ name }) => name).filter((name) => !isLeftOver(name));
    if (names.some((name) => !removed.has(`${path}/${name}`) && !LAST.includes(`${path}/${name}`))) {
      return { action: "keep", path, note: "not empty" };
    }
    if (isMountPoint(host, path)) return { action: "keep", path, note: "a mount point" };
    removed.add(path);
    return removal(path, item);
  });
}

function isMountPoint(host: Host, folder: string): boolean {
  return host.lstat(folder)?.device !== host.lstat(folderOf(folder))?.device;
}

/** What goes when all else is gone. */
const LAST = [RECORD, LOCK];

/** Whether `folder` is `path` or above it. */
function isOf(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

/** What lies in the state folder, but for the record and its lock, which go last. */
export function stateRemovals(host: Host, purge: boolean): Removal[] {
  if (!host.realPath(STATE)) return [];
  return host.readFolder(STATE).map(({ name }) => `${STATE}/${name}`).flatMap((path): Removal[] => {
    if (LAST.includes(path)) return [];
    if (isEmptyLedger(host, path)) return [removal(path)];
    const ours = CACHES.includes(path.slice(STATE.length + 1)) ||
      /\/\.(new-|container-hooks\.new\.)/.test(path);
    return [ours || purge ? removal(path) : keptUnlessPurged(path)];
  });
}

/** What is left of the record of engine configurations once none of them names us. */
function isEmptyLedger(host: Host, path: string): boolean {
  switch (nameOf(path)) {
    case "engines.lock":
      return true;
    case "engines.json":
      return readLedger(host).length === 0;
    case "backups":
      return host.readFolder(path).length === 0;
    default:
      return false;
  }
}
