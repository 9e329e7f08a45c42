/** This lock lets one install or uninstall run at a time. */
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { Host } from "../host/host.ts";
import { LOCK, STATE } from "./places.ts";
import { missingStateFolders } from "./layout.ts";
import type { FolderItem, InstalledItem } from "./record.ts";
import { makeFolder } from "./transaction.ts";
import { removeIfEmpty } from "./tree.ts";

/** The lock; it ends with the process, too. */
export interface InstallLock extends Disposable {
  /** Folders that had to be made for it, the highest first. */
  readonly made: readonly FolderItem[];
  /** Removes its file, and its folder and `folders` where they can go: nothing is installed any more. */
  removeWith(folders: readonly InstalledItem[]): void;
}

/** Takes it, once whoever holds it has ended. @throws {Failure} file-unwritable */
export async function lockInstallation(host: Host): Promise<InstallLock> {
  const made = missingStateFolders(host);
  let lock: Disposable;
  try {
    for (const { path, mode } of made) makeFolder(host, path, mode);
    lock = await host.lockOneOf([LOCK], 0o600);
  } catch (error) {
    throw failure("file-unwritable", { what: "lock", path: LOCK, why: systemReason(error) }, {
      cause: error,
    });
  }
  return {
    made,
    removeWith(folders) {
      host.remove(LOCK);
      for (const path of [STATE, ...folders.map(({ path }) => path).toReversed()]) removeIfEmpty(host, path);
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}
