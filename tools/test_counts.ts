/** Reads counts and names out of what `deno test` prints without colours. */

/** How many tests ended how. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * The runner's summary. A run without one, or one that failed though its summary has no failure, counts as
 * one failure: it died, or a file could not be loaded.
 *
 * @param output what the runner printed
 * @param success whether it ended with status 0
 */
export function parseSummary(output: string, success: boolean): Counts {
  const line = output.split("\n").findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line)) ?? "";
  const count = (word: string) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Names of the tests that were left out; each says why. */
export function leftOut(output: string): string[] {
  return namesBefore(output, "ignored");
}

/** Names of the tests that failed. */
export function failedIn(output: string): string[] {
  return namesBefore(output, "FAILED");
}

function namesBefore(output: string, word: string): string[] {
  return output.split("\n").flatMap((line) => line.match(new RegExp(`^(.*) \\.\\.\\. ${word}`))?.[1] ?? []);
}
