/**
 * Names of what is being made and gets its own name at the end. A kill leaves it behind, and whoever finds it has to
 * tell that from what another process is at work on: the name has the host's uptime, since a file's time says nothing
 * once the clock was set.
 */
import type { Host } from "./host.ts";
import { hasPassed, hasPassedByClock } from "./span.ts";

/** What such a name begins with. */
export const UNFINISHED = ".new-";

const NAME = /^\.new-(\d{1,15})-/;

/** Milliseconds; far more than anything of that kind takes. */
const LONG = 10 * 60_000;

/** Makes a name that nobody else has. */
export function unfinishedName(host: Host): string {
  return `${UNFINISHED}${Math.floor(host.uptime())}-${host.randomToken()}`;
}

/** Tells whether a kill has left this behind. */
export function isLeftBehind(host: Host, folder: string, name: string): boolean {
  if (!name.startsWith(UNFINISHED)) return false;
  const began = NAME.exec(name)?.[1];
  if (began !== undefined) return hasPassed(host, Number(began), LONG);
  // Of an earlier version, which named it otherwise.
  const status = host.lstat(`${folder}/${name}`);
  return status !== undefined && hasPassedByClock(host, status.changed, LONG);
}
