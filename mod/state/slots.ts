/**
 * Slots limit how many creates plan at once; the rest wait for one of them to end, within their deadline.
 *
 * A program that waits holds its whole memory. So the launcher waits before it starts one, at one of the files
 * `launch-N` beside the slots: twice as many, so that the next program is ready when a slot becomes free.
 */
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { systemReason } from "../host/system_reason.ts";

/** Slots of a host whose configuration does not say: they keep two processors busy and memory low. */
export const DEFAULT_SLOTS = 4;

/**
 * Takes a slot; it is given back when it is disposed or the process ends.
 *
 * @param count Slots of this host; 0: {@linkcode DEFAULT_SLOTS}.
 * @throws {Failure} file-unwritable, runtime-dir-unset
 */
export async function takeSlot(host: Host, count: number): Promise<Disposable> {
  const folder = `${runFolder(host)}/slots`;
  makePrivateFolder(host, folder);
  try {
    return await lockSlot(host, folder, count);
  } catch (error) {
    const why = systemReason(error);
    throw failure("file-unwritable", { what: "folder", path: folder, why }, { cause: error });
  }
}

function lockSlot(host: Host, folder: string, count: number): Promise<Disposable> {
  const slots = Array.from({ length: count || DEFAULT_SLOTS }, (_, index) => `${folder}/${index}`);
  makeLaunchPlaces(host, `${folder}/launch-`, slots.length * 2);
  // Where all are taken, the wait is for the last in the list: shuffled, so that the waiting are spread.
  const first = host.pid() % slots.length;
  return host.lockOneOf([...slots.slice(first), ...slots.slice(0, first)], 0o600);
}

/** Makes as many places as are wanted, and no more: launchers count the files. */
function makeLaunchPlaces(host: Host, prefix: string, wanted: number): void {
  for (let index = wanted - 1; index >= 0 && !host.lstat(`${prefix}${index}`); index--) {
    host.append(`${prefix}${index}`, 0o600)[Symbol.dispose]();
  }
  for (let index = wanted; host.remove(`${prefix}${index}`); index++);
}
