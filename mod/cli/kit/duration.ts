/** Spans of time on the command line. */
import { failure } from "../../errors.ts";

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses "30s", "15m", "2h" or "1d" into milliseconds.
 *
 * @throws {Failure} usage
 */
export function parseDuration(text: string): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  if (!match) {
    throw failure("usage", {
      why: `${JSON.stringify(text)} is not a span of time such as 30s, 15m, 2h or 1d`,
    });
  }
  return Number(match[1]) * UNITS[match[2]!]!;
}
