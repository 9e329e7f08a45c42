/** How many creates plan at once; the rest wait for one of them to end, within their deadline. */
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../journal/run_folder.ts";

/**
 * Takes a slot; it is given back when it is disposed or the process ends.
 *
 * @param count Slots of this host; 0: four, which keeps two processors busy and memory low.
 */
export function takeSlot(host: Host, count: number): Promise<Disposable> {
  const folder = `${runFolder(host)}/slots`;
  makePrivateFolder(host, folder);
  const slots = Array.from({ length: count || 4 }, (_, index) => `${folder}/${index}`);
  // Where all are taken, the wait is for the last in the list: shuffled, so that the waiting are spread.
  const first = host.pid() % slots.length;
  return host.lockOneOf([...slots.slice(first), ...slots.slice(0, first)], 0o600);
}
