/** Which runtimes there are to find, by the configuration. */
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
    if (last && hasCurrentConfig(host, last)) return { runtimes: last.config.runtimes, last };
    const { readConfig } = await import("../config/config.ts");
    return { runtimes: (await readConfig(host)).runtimes, last };
  } catch {
    const { KEYS } = await import("../config/keys.ts");
    return { runtimes: last?.config.runtimes ?? KEYS.runtimes.default, last };
  }
}
