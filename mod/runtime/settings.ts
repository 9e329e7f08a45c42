/** What every call of the runtime begins with: the settings, and the command line as the runtime reads it. */
import type { Host } from "../host/host.ts";
import type { Inherited } from "../host/libc.ts";
import { readBypass } from "../journal/bypass.ts";
import type { BuiltIns } from "../loader/built_in.ts";
import type { Program } from "../loader/extract_manifest.ts";
import type { Index } from "../plan/index_entries.ts";
import { lastIndex, openIndex } from "../plan/plugin_index.ts";
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

/** The configuration, or why it cannot be read: `state`, `kill` and `delete` must work all the same. */
export interface Settings {
  index?: Index;
  broken?: unknown;
}

/** Never throws. */
export async function readSettings(host: Host, start: Start): Promise<Settings> {
  try {
    return { index: await openIndex(host, start.program, start.builtin) };
  } catch (broken) {
    return { broken };
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
  const plugins = lastIndex(host)?.config.plugins ?? {};
  return Object.values(plugins).some(({ mode, bypassable }) => mode === "enforce" && !bypassable);
}
