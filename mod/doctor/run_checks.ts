/** Running checks: one after the other, so that what is slow can be named; none of them ends the others. */
import { type Check, type Finding, wrong } from "../cli/kit/finding.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";

/** A check, and what it looks at in a few words. */
export interface NamedCheck {
  name: string;
  check: Check;
}

/** Milliseconds after which somebody who waits is told what for. */
const PATIENCE = 1000;

/**
 * Runs all checks and returns what they found.
 *
 * @param tell Called with the name of a check that takes its time.
 */
export async function runChecks(
  host: Host,
  checks: readonly NamedCheck[],
  tell: (name: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, check } of checks) {
    const timer = setTimeout(() => tell(name), PATIENCE);
    try {
      const found = await check(host);
      findings.push(...found.filter((each) => !isTold(findings, each)));
    } catch (thrown) {
      const { what, remedy } = asFailure(thrown);
      const found = wrong(name, what, remedy);
      if (!isTold(findings, found)) findings.push({ ...found, what: `could not be looked at: ${what}` });
    } finally {
      clearTimeout(timer);
    }
  }
  return findings;
}

/** What keeps several checks from looking is told by the first of them. */
function isTold(findings: readonly Finding[], { state, what, remedy }: Finding): boolean {
  return state !== "ok" &&
    findings.some((told) =>
      told.remedy === remedy && (told.what === what || told.what === `could not be looked at: ${what}`)
    );
}

/**
 * Gives the exit status: 0 where all is well, 1 where something is not as it should be, 2 where something does not
 * work.
 */
export function statusOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ state }) => state === "error")) return 2;
  return findings.some(({ state }) => state === "warning") ? 1 : 0;
}
