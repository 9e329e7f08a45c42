/** Gates that stand while the bypass is on: those that the administrator marked with `bypassable = false`. */
import { type Config, policyOf, readConfig } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../plugin/program.ts";
import type { Index, IndexedPlugin } from "./entries.ts";
import { isCurrent, lastIndex, openIndex } from "./open_index.ts";

/** The gates of an index that stand, and plugins that are broken and may be such gates. */
export function standingGates({ config, plugins }: Index): IndexedPlugin[] {
  return plugins.filter((plugin) => {
    if (plugin.state === "off" || !stands(config, plugin.name)) return false;
    return plugin.state === "broken" || plugin.manifest.gate === true;
  });
}

/**
 * The part of the index that a create goes by while the bypass is on: the configuration and the gates that stand.
 *
 * Only a gate that is to stand has anything made anew: whatever is broken or slow must not be in the way of the
 * way out. Nor must what was broken since switch off a gate: then the last index counts.
 *
 * @returns undefined where the configuration cannot be read, and never could
 * @throws {Failure} where the last index is not root's alone
 */
export async function openStanding(
  host: Host,
  program: Program,
): Promise<Pick<Index, "config" | "plugins"> | undefined> {
  const kept = lastIndex(host);
  if (kept && isCurrent(host, kept)) return standingPart(kept);
  try {
    const config = await readConfig(host);
    if (!Object.keys(config.plugins).some((name) => stands(config, name))) return { config, plugins: [] };
    return standingPart(await openIndex(host, program));
  } catch {
    return kept && standingPart(kept);
  }
}

/** One that is broken and may be, and without which containers start, is as if it were not there. */
function standingPart(index: Index): Pick<Index, "config" | "plugins"> {
  const { config } = index;
  const plugins = standingGates(index)
    .filter(({ name, state }) => state !== "broken" || policyOf(config, name).onError === "fail");
  return { config, plugins };
}

function stands(config: Config, name: string): boolean {
  const { mode, bypassable } = policyOf(config, name);
  return mode === "enforce" && !bypassable;
}
