/**
 * What a plugin stores on this host's disk, over starts of the machine and upgrades: one file for each value, in the
 * state folder. `uninstall --purge` alone removes it.
 *
 *     STATE/store/NAME/VALUE.json
 */
import type { Json } from "../core/plain_data.ts";
import type { Host } from "../host/host.ts";
import { stateFolder } from "../host/our_folders.ts";
import {
  checkName,
  readValue,
  VALUE_LIMIT,
  type ValueFolder,
  valueNames,
  writeValue,
  wrongValue,
} from "./value_folder.ts";

/** The disk is shared with the engines' images. */
const MOST = { values: 10_000, bytes: 64 * VALUE_LIMIT };

function folderOf(host: Host, plugin: string): ValueFolder {
  const path = `${stateFolder(host)}/store/${plugin}`;
  return { plugin, path, call: "store", verb: "stores", name: "a name", most: MOST, durable: true };
}

/**
 * Reads a value that a plugin stores; undefined where there is none.
 *
 * @throws {Failure} plugin where the name is none; kept-damaged, untrusted, and the file-* of reading
 */
export function storedBy(host: Host, plugin: string, name: string): Json | undefined {
  const folder = folderOf(host, plugin);
  return readValue(host, folder, checkName(folder, name));
}

/** Lists the names of all values that a plugin stores. */
export function namesStoredBy(host: Host, plugin: string): string[] {
  return valueNames(host, folderOf(host, plugin));
}

/**
 * Stores a value, replacing the one of that name as a whole; undefined removes it. When this returns it is on the disk.
 *
 * @param name Of a plugin, as `value` is: both may be anything.
 * @throws {Failure} plugin where the name is none, or the value no data or too large; file-unwritable
 */
export function store(host: Host, plugin: string, name: string, value: Json | undefined): void {
  const folder = folderOf(host, plugin);
  writeValue(host, folder, name, value, (why) => {
    throw wrongValue(folder, why, "remove what is not needed any more with store(name, undefined)");
  });
}
