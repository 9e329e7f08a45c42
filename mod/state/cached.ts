/**
 * What a plugin has worked out before, so that it need not again: one file for each value, in the state folder. Its loss
 * costs time alone, so whatever is wrong with it counts as nothing there, and what is oldest goes when it is full.
 *
 *     STATE/cache/NAME/VALUE.json
 */
import type { Json } from "../core/plain_data.ts";
import { Failure } from "../errors.ts";
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { stateFolder } from "../host/our_folders.ts";
import {
  checkName,
  readValue,
  VALUE_LIMIT,
  type ValueFolder,
  valuePath,
  writeValue,
} from "./value_folder.ts";

/** Names the folder of all plugins' caches in the state folder. */
export const CACHE = "cache";

const MOST = { values: 1000, bytes: 16 * VALUE_LIMIT };

function folderOf(host: Host, plugin: string): ValueFolder {
  const path = `${stateFolder(host)}/${CACHE}/${plugin}`;
  return { plugin, path, call: "cache", verb: "caches", name: "a name", most: MOST, durable: false };
}

/**
 * Reads a value that a plugin has cached; undefined where there is none, or none that root alone could have written.
 *
 * @throws {Failure} plugin where the name is none
 */
export function cachedBy(host: Host, plugin: string, name: string): Json | undefined {
  const folder = folderOf(host, plugin);
  checkName(folder, name);
  try {
    return readValue(host, folder, name);
  } catch {
    return undefined;
  }
}

/**
 * Caches a value, in place of the one of that name; undefined removes it. Where the disk does not take it, nothing is
 * cached.
 *
 * @param name Of a plugin, as `value` is: both may be anything.
 * @throws {Failure} plugin where the name is none, or the value no data or too large
 */
export function cache(host: Host, plugin: string, name: string, value: Json | undefined): void {
  const folder = folderOf(host, plugin);
  try {
    writeValue(host, folder, name, value, (_, others) => removeOldest(host, folder, others));
  } catch (error) {
    if (error instanceof Failure && error.code === "plugin") throw error;
  }
}

/** Half of them, so that a full cache is not gone through at every write. */
function removeOldest(host: Host, folder: ValueFolder, names: readonly string[]): void {
  const files = names.map((name) => valuePath(folder, name))
    .map((path) => ({ path, changed: host.lstat(path)?.changed ?? 0 }))
    .sort((one, other) => one.changed - other.changed);
  for (const { path } of files.slice(0, Math.ceil(files.length / 2))) discard(host, path);
}
