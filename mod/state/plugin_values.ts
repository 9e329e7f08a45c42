/** All that a plugin has on this host's disk and in its memory, as its `host` gives it. */
import type { PluginHost } from "../api/plugin.ts";
import type { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { cache, cachedBy } from "./cached.ts";
import { keptBy } from "./kept.ts";
import { namesStoredBy, storedBy } from "./stored.ts";

/** The functions of `host` that are about values of the plugin's own. */
export type PluginValues = Pick<PluginHost, "kept" | "stored" | "storedNames" | "cached" | "cache">;

/**
 * Makes the functions of `host` that are about the values of `plugin`.
 *
 * @param damaged Told of each kept file that is no JSON, and is left out. Default: the first ends it.
 */
export function valuesOf(
  host: Host,
  plugin: string,
  run: string,
  damaged?: (failure: Failure) => void,
): PluginValues {
  return {
    kept: () => keptBy(host, plugin, run, damaged),
    stored: (name) => storedBy(host, plugin, name),
    storedNames: () => namesStoredBy(host, plugin),
    cached: (name) => cachedBy(host, plugin, name),
    cache: (name, value) => cache(host, plugin, name, value),
  };
}
