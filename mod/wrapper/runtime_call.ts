/** What the engine asked of the runtime: the command line, as that reads it. */
import type { Host } from "../host/host.ts";
import { lastIndex } from "../index/open_index.ts";
import { asFailure } from "../errors.ts";
import { notePast } from "../state/past_the_program.ts";
import { readBypass } from "../state/bypass.ts";
import { type CommandLine, flavourOf, readCommandLine } from "./command_line.ts";

/** A call of the runtime that was found. */
export interface RuntimeCall extends CommandLine {
  /** Absolute path of the runtime. */
  runtime: string;
}

/**
 * Reads a call; undefined where the command line cannot be read and the bypass lets it through as it is.
 *
 * @throws {Failure} those of `readCommandLine`
 */
export async function readCall(
  host: Host,
  runtime: string,
  argv: readonly string[],
): Promise<RuntimeCall | undefined> {
  try {
    return { runtime, ...readCommandLine(flavourOf(runtime), argv) };
  } catch (thrown) {
    const isBypassed = readBypass(host) !== undefined && !await hasStandingGate(host);
    notePast(host, isBypassed ? "bypassed" : "refused", asFailure(thrown).message);
    if (isBypassed) return undefined;
    throw thrown;
  }
}

/** A call that cannot be read may be a create, and would go around a gate that stands while the bypass is on. */
async function hasStandingGate(host: Host): Promise<boolean> {
  const index = lastIndex(host);
  if (index === undefined) return false;
  const { standingGates } = await import("../index/standing_gates.ts");
  return standingGates(index).length > 0;
}
