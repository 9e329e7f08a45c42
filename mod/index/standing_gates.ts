/** Gates that stand while the bypass is on: those that the administrator marked with `bypassable = false`. */
import { type Config, policyOf, readConfig } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import type { LogSettings } from "../host/own_log.ts";
import type { BuiltIns } from "../plugin/built_in.ts";
import type { Program } from "../plugin/extract_manifest.ts";
import type { Index, IndexedPlugin } from "./entries.ts";
import { isCurrent, lastIndex, openIndex } from "./open_index.ts";

/** The gates of an index that stand, and plugins that are broken and may be such gates. */
export function standingGates({ config, plugins }: Index): IndexedPlugin[] {
  return plugins.filter((plugin) => {
    if (plugin.state === "off" || !stands(config, plugin.name)) return false;
    return plugin.state === "broken" || plugin.manifest.gate === true;
  });
}

/** What a create goes by while the bypass is on. */
export interface Standing {
  /** Absent where no gate stands. */
  index?: Index;
  /** Absent where the configuration cannot be read, and never could. */
  log?: LogSettings;
}

/**
 * What stands while the bypass is on.
 *
 * Only a gate that is to stand has anything made anew: whatever is broken or slow must not be in the way of the
 * way out. Nor must what was broken since switch off a gate: then the last index counts.
 *
 * @throws {Failure} where the last index is not root's alone
 */
export async function openStanding(host: Host, program: Program, builtin: BuiltIns): Promise<Standing> {
  const kept = lastIndex(host);
  if (kept && isCurrent(host, kept)) return by(kept);
  try {
    const config = await readConfig(host);
    if (!Object.keys(config.plugins).some((name) => stands(config, name))) return { log: config.log };
    return by(await openIndex(host, program, builtin));
  } catch {
    return kept ? by(kept) : {};
  }
}

function by(index: Index): Standing {
  const { log } = index.config;
  return standingGates(index).length > 0 ? { index, log } : { log };
}

function stands(config: Config, name: string): boolean {
  const { mode, bypassable } = policyOf(config, name);
  return mode === "enforce" && !bypassable;
}
