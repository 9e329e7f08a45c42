/** What every call of the runtime begins with: which runtimes there are, and the command line as they read it. */
import { readConfig } from "../config/config.ts";
import { KEYS } from "../config/keys.ts";
import type { Host } from "../host/host.ts";
import type { Inherited } from "../host/libc.ts";
import { readBypass } from "../state/bypass.ts";
import type { BuiltIns } from "../plugin/built_in.ts";
import type { Program } from "../plugin/extract_manifest.ts";
import type { Index } from "../index/entries.ts";
import { hasCurrentConfig, lastIndex } from "../index/open_index.ts";
import { standingGates } from "../index/standing_gates.ts";
import { flavourOf, readCommandLine, type RuntimeCall } from "./command_line.ts";

/** What main.ts knows about how we were started. */
export interface Start {
  /** The file of this program. */
  self: string;
  version: string;
  /** How this program is started again, to look at a plugin apart. */
  program: Program;
  inherited: Inherited;
  /** The program's main module, which a worker starts with too. */
  module: string;
  builtin: BuiltIns;
}

/**
 * The runtimes to look for, and the last index where it could be read. `state`, `kill` and `delete` come here too
 * and must work whatever is broken, and not wait for a plugin, so nothing is made anew for them.
 */
export async function readRuntimes(host: Host): Promise<{ runtimes: readonly string[]; last?: Index }> {
  let last: Index | undefined;
  try {
    last = lastIndex(host);
    const current = last && hasCurrentConfig(host, last) ? last.config : await readConfig(host);
    return { runtimes: current.runtimes, last };
  } catch {
    return { runtimes: last?.config.runtimes ?? KEYS.runtimes.default, last };
  }
}

/**
 * Undefined where the command line cannot be read and the bypass lets it through as it is.
 *
 * @throws {Failure} those of `readCommandLine`
 */
export function readCall(host: Host, runtime: string, argv: readonly string[]): RuntimeCall | undefined {
  try {
    return readCommandLine(flavourOf(runtime), argv);
  } catch (thrown) {
    if (readBypass(host) && !hasStandingGate(host)) return undefined;
    throw thrown;
  }
}

/** A call that cannot be read may be a create, and would go around a gate that stands while the bypass is on. */
function hasStandingGate(host: Host): boolean {
  const index = lastIndex(host);
  return index !== undefined && standingGates(index).length > 0;
}
