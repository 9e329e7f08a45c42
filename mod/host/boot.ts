/** This start of the machine: which one it is, and how long it has run, by a clock that nobody sets. */
import type { Host } from "./host.ts";

/** A start of the machine. */
export interface Boot {
  /** The id of this start, another one after every start. */
  id: string;
  /** Since then, the time that the machine slept included. */
  seconds: number;
}

/** Reads which start of the machine this is; undefined where /proc does not tell. */
export function readBoot(host: Host): Boot | undefined {
  const id = readLine(host, "/proc/sys/kernel/random/boot_id");
  const seconds = Number.parseFloat(readLine(host, "/proc/uptime") ?? "");
  return id && /^[\w-]+$/.test(id) && seconds >= 0 ? { id, seconds } : undefined;
}

function readLine(host: Host, path: string): string | undefined {
  try {
    using file = host.open(path);
    const buffer = new Uint8Array(128);
    const text = new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
    return text.split("\n", 1)[0];
  } catch {
    return undefined;
  }
}
