/** Which runtimes there are to find, by the configuration. */
import { readConfig } from "../config/config.ts";
import { KEYS } from "../config/keys.ts";
import type { Host } from "../host/host.ts";
import type { Index } from "../index/entries.ts";
import { hasCurrentConfig, lastIndex } from "../index/open_index.ts";

/**
 * Gets the runtimes to look for, and the last index where it could be read. `state`, `kill` and `delete` come here too
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
