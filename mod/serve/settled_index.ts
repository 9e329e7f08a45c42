/** The index that a service goes by, read before launchers find it. */
import { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { pause } from "../host/timer.ts";
import type { Index } from "../index/entries.ts";
import { isCurrent, openIndex } from "../index/open_index.ts";
import type { Program } from "../plugin/program.ts";

/** Milliseconds between two looks. */
const NEXT_LOOK = 300;
/** Looks; together longer than a change may go unseen for which the index is made anew. */
const LOOKS = 6;

/** What a service starts with. */
export interface StartingIndex {
  /** Undefined where the configuration cannot be used: who creates a container is told why. */
  index: Index | undefined;
  /** Whether it is current, so that the first launcher is answered. */
  settled: boolean;
}

/**
 * Opens the index, and waits until it is settled: what changed a moment ago could change again unseen, and each
 * launcher would be sent away until then.
 */
export async function settledIndex(host: Host, program: Program): Promise<StartingIndex> {
  for (let look = 1;; look++) {
    const index = await usableIndex(host, program);
    const settled = index !== undefined && isCurrent(host, index);
    if (!index || settled || look === LOOKS) return { index, settled };
    await pause(NEXT_LOOK);
  }
}

async function usableIndex(host: Host, program: Program): Promise<Index | undefined> {
  try {
    return await openIndex(host, program);
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}
