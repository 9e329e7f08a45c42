/** Telling a process from another one that has its number later. */
import type { Host } from "./host.ts";

/** Bytes of /proc/PID/stat; a name of 16 characters and fifty numbers are fewer. */
const LIMIT = 2048;
/** The time of its start, counted from behind the name, which may hold anything. */
const START = 19;

/**
 * Gets what no other process of this machine has, as long as it runs: its number and when it was started. Becoming
 * another program does not change it. undefined where it is gone.
 */
export function processIdentity(host: Host, pid: number): string | undefined {
  try {
    using file = host.open(`/proc/${pid}/stat`);
    const buffer = new Uint8Array(LIMIT);
    const text = new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
    const [state, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const start = rest[START - 1];
    return state === undefined || state === "Z" || start === undefined ? undefined : `${pid}.${start}`;
  } catch {
    return undefined;
  }
}
