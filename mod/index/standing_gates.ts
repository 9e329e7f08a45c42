/** Gates that stand while the bypass is on: those that the administrator marked with `bypassable = false`. */
import { type Config, policyOf } from "../config/config.ts";
import type { Index, IndexedPlugin } from "./entries.ts";

/**
 * Name of the file beside the index that is there while one of the index stands: the launcher looks at it where the
 * bypass is on, since the configuration may be broken.
 */
export const STANDING_GATES = "standing-gates";

/** Gets the gates of an index that stand, and plugins that are broken and may be such gates. */
export function standingGates({ config, plugins }: Pick<Index, "config" | "plugins">): IndexedPlugin[] {
  return plugins.filter((plugin) => {
    if (plugin.state === "off" || !stands(config, plugin.name)) return false;
    return plugin.state === "broken" || plugin.manifest.gate === true;
  });
}

/** Names of plugins that stand if they are gates. */
export function markedToStand(config: Config): string[] {
  return Object.keys(config.plugins).filter((name) => stands(config, name));
}

function stands(config: Config, name: string): boolean {
  const { mode, bypassable } = policyOf(config, name);
  return mode === "enforce" && !bypassable;
}
