/** Whether a span has passed since something that is on record, whatever has become of the clock. */
import type { Host } from "./host.ts";

/**
 * Tells whether so many milliseconds have passed.
 *
 * @param since The host's uptime at that time; one of an earlier start of the machine is long ago.
 */
export function hasPassed(host: Host, since: number, milliseconds: number): boolean {
  const age = host.uptime() - since;
  return age < 0 || age >= milliseconds;
}

/**
 * Tells the same of a time of the clock, such as a file's. Where that lies ahead, the clock was set back: then it has
 * passed too, so that nothing waits until the clock comes there again.
 *
 * @param since Milliseconds since 1970.
 */
export function hasPassedByClock(host: Host, since: number, milliseconds: number): boolean {
  const age = host.now() - since;
  return age < -AHEAD || age >= milliseconds;
}

/** Milliseconds by which a file's time may lie ahead without that: two clocks of the kernel differ by a tick. */
const AHEAD = 1100;
