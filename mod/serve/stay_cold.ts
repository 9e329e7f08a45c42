/** A service that sends everybody away for now, and tells launchers why, until the reason may be gone. */
import { memoryInUse } from "../host/memory_in_use.ts";
import type { Host } from "../host/host.ts";
import { pause } from "../host/timer.ts";
import { hasCurrentConfig, openIndex } from "../index/open_index.ts";
import type { Program } from "../plugin/program.ts";
import { Counter } from "./figures.ts";
import { announceCold, isAnnounced, withdrawCold } from "./generation.ts";
import type { StartingIndex } from "./settled_index.ts";
import { endHandlers } from "./start_handlers.ts";
import { processStatus, writeStatus } from "./status.ts";

/** Milliseconds between two looks at whether the reason is still there. */
const EVERY = 1000;

/**
 * Tells why no create may be planned by the service; undefined where nothing is against it. Where the configuration
 * cannot be used, each create fails with what is wrong in it.
 */
export function reasonToStayCold({ index, settled }: StartingIndex): string | undefined {
  if (!index) return "the configuration cannot be used";
  if (index.config.service === false) return "the configuration has service = false";
  return settled ? undefined : "what it goes by changes all the time, or its date is in the future";
}

/**
 * Sends everybody away.
 *
 * @param folder That of the service.
 * @param isSucceeded Whether another version of the program is to go on.
 * @param ended Resolves when the process is asked to end.
 * @returns "stale" once the configuration has changed, or can be used
 */
export async function stayCold(
  host: Host,
  program: Program,
  { folder, starting, why, isSucceeded, ended }: {
    folder: string;
    starting: StartingIndex;
    why: string;
    isSucceeded: () => boolean;
    ended: Promise<"ended">;
  },
): Promise<"ended" | "stale"> {
  const own = processStatus(host, program);
  announceCold(host, folder, why);
  endHandlers(host);
  try {
    while (true) {
      writeStatus(host, folder, {
        ...own,
        memory: memoryInUse().resident,
        placesTaken: 0,
        isolates: 0,
        tooOften: [],
        keptCold: why,
        ...new Counter().figures(),
      });
      if (await Promise.race([ended, pause(EVERY)]) === "ended") return "ended";
      // Uninstalled: nobody looks for it any more.
      if (!isAnnounced(host, folder)) return "ended";
      if (isSucceeded() || await mayBeGone(host, program, starting)) return "stale";
    }
  } finally {
    withdrawCold(host, folder);
  }
}

async function mayBeGone(host: Host, program: Program, { index, settled }: StartingIndex): Promise<boolean> {
  try {
    // A successor looks again.
    if (index && !settled) return true;
    return index ? !hasCurrentConfig(host, index) : await openIndex(host, program) !== undefined;
  } catch {
    return index !== undefined;
  }
}
