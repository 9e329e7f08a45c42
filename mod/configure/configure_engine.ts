/**
 * Configuring an engine and taking that back, one process at a time.
 *
 * Killed at any moment, each file is the old or the new one, whole, and the next call goes on from there.
 */
import type { RuntimeEntry } from "../engines/config/engine_configuration.ts";
import type { Host } from "../host/host.ts";
import { type Done, EngineChange } from "./engine_change.ts";
import type { Restart, Site } from "./engine_control.ts";
import { removeLeftOvers } from "./file_changes.ts";
import { type Configured, Ledger } from "./ledger.ts";
import { planConfigure, planUnconfigure } from "./plan_changes.ts";

/**
 * Puts our runtime into an engine's configuration and has the engine load it.
 *
 * @param restart How the engine is to load it; its own way where none is named.
 * @throws {Failure} where the files cannot be changed, or the engine refuses them: everything is as it was then
 */
export function configureEngine(
  host: Host,
  site: Site,
  entry: RuntimeEntry,
  restart?: Restart,
): Promise<Done> {
  const wanted = { name: entry.name, loaded: true, isDefault: entry.setAsDefault };
  return Ledger.locked(host, async (ledger) => {
    const recorded = heal(host, ledger, site);
    const plan = await planConfigure(host, site, entry, recorded);
    return await new EngineChange(host, ledger, site, { wanted, restart }).carryOut(plan);
  });
}

/**
 * Takes our runtime out of an engine's configuration: the files get their original bytes back where nobody else
 * has changed them since.
 *
 * @throws {Failure} likewise
 */
export function unconfigureEngine(
  host: Host,
  site: Site,
  entry: Pick<RuntimeEntry, "name" | "path">,
  restart?: Restart,
): Promise<Done> {
  const wanted = { name: entry.name, loaded: false, isDefault: false };
  return Ledger.locked(host, async (ledger) => {
    const recorded = heal(host, ledger, site);
    const plan = await planUnconfigure(host, site, entry, recorded, (hash) => ledger.kept(hash));
    return await new EngineChange(host, ledger, site, { wanted, restart }).carryOut(plan);
  });
}

/** Removes what a run that was killed had not put in place yet. */
function heal(host: Host, ledger: Ledger, site: Site): Configured | undefined {
  const recorded = ledger.of(site.control.configuration.engine, site.file);
  for (const { file } of recorded?.files ?? []) removeLeftOvers(host, file);
  return recorded;
}
