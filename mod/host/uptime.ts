/** The clock by which spans are measured. */

const elapsed = performance.now.bind(performance);

/** What {@linkcode elapsed} was at the start of the machine. */
let start: number | undefined;

/** Gets the milliseconds since the start of the machine; where /proc does not tell, since that of this process. */
export function uptime(): number {
  start ??= elapsed() - readUptime();
  return elapsed() - start;
}

function readUptime(): number {
  try {
    return Number.parseFloat(Deno.readTextFileSync("/proc/uptime")) * 1000 || elapsed();
  } catch {
    return elapsed();
  }
}
