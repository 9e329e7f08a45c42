/** Gates that stand while the bypass is on: those that the administrator marked with `bypassable = false`. */
import { type Config, policyOf, readConfig } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import type { BuiltIns } from "../loader/built_in.ts";
import type { Program } from "../loader/extract_manifest.ts";
import type { Index, IndexedPlugin } from "./index_entries.ts";
import { isCurrent, lastIndex, openIndex } from "./plugin_index.ts";

/** The gates of an index that stand, and plugins that are broken and may be such gates. */
export function standingGates({ config, plugins }: Index): IndexedPlugin[] {
  return plugins.filter((plugin) => {
    if (plugin.state === "off" || !stands(config, plugin.name)) return false;
    return plugin.state === "broken" || plugin.manifest.gate === true;
  });
}

/**
 * The index by which gates stand, where the bypass is on; undefined where none can.
 *
 * Only a gate that is to stand has anything made anew: whatever is broken or slow must not be in the way of the
 * way out. Nor must what was broken since switch off a gate: then the last index counts.
 *
 * @throws {Failure} where the last index is not root's alone
 */
export async function indexOfStanding(
  host: Host,
  program: Program,
  builtin: BuiltIns,
): Promise<Index | undefined> {
  const kept = lastIndex(host);
  if (kept && isCurrent(host, kept)) return kept;
  try {
    const config = await readConfig(host);
    if (!Object.keys(config.plugins).some((name) => stands(config, name))) return undefined;
    return await openIndex(host, program, builtin);
  } catch {
    return kept;
  }
}

function stands(config: Config, name: string): boolean {
  const { mode, bypassable } = policyOf(config, name);
  return mode === "enforce" && !bypassable;
}
