/** Who planned the creates on record. */
import type { JournalEntry } from "./journal.ts";

/** How many the service planned, and how many a program of their own, by the reason. */
export interface PlannedCounts {
  warm: number;
  cold: Record<string, number>;
}

/** Counts them; entries of versions that had no service count for nothing. */
export function countPlanned(entries: readonly JournalEntry[]): PlannedCounts {
  const cold = new Map<string, number>();
  let warm = 0;
  for (const { planned } of entries) {
    if (planned?.warm) warm++;
    else if (planned) cold.set(planned.why, (cold.get(planned.why) ?? 0) + 1);
  }
  return { warm, cold: Object.fromEntries(cold) };
}
