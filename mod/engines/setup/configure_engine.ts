/**
 * Configuring an engine and taking that back, one process at a time.
 *
 * Killed at any moment, each file is the old or the new one, whole, and the next call goes on from there.
 */
import type { RuntimeEntry } from "./engine_configuration.ts";
import type { Host } from "../../host/host.ts";
import { type Done, EngineChange, type Goal } from "./engine_change.ts";
import type { Restart, Site, WantedState } from "./engine_control.ts";
import { removeLeftOvers } from "./file_changes.ts";
import { type Configured, Ledger } from "./ledger.ts";
import { withDaemons } from "./find_sites.ts";
import { type ChangePlan, planConfigure, planKeepName, planUnconfigure } from "./plan_changes.ts";

/**
 * Puts our runtime into an engine's configuration and has the engine load it.
 *
 * @param restart How the engine is to load it; its own way where none is named.
 * @throws {Failure} where the files cannot be changed, or the engine refuses them: everything is as it was then
 */
export function configureEngine(
  host: Host,
  found: Site,
  entry: RuntimeEntry,
  restart?: Restart,
): Promise<Done> {
  const wanted = { name: entry.name, loaded: true, isDefault: entry.setAsDefault };
  return change(
    host,
    found,
    { wanted, restart },
    (site, recorded) => planConfigure(host, site, entry, recorded),
  );
}

/**
 * Takes our runtime out of an engine's configuration: the files get their original bytes back where nobody else
 * has changed them since.
 *
 * @param keep The runtime that is to have our runtime's name from now on; without one the name goes.
 * @throws {Failure} likewise
 */
export function unconfigureEngine(
  host: Host,
  found: Site,
  entry: Pick<RuntimeEntry, "name" | "path">,
  restart?: Restart,
  keep?: string,
): Promise<Done> {
  const wanted: WantedState = {
    name: entry.name,
    loaded: keep !== undefined,
    isDefault: false,
    isNotDefault: true,
  };
  if (keep !== undefined) {
    return change(
      host,
      found,
      { wanted, restart },
      (site, recorded) => planKeepName(host, site, entry, keep, recorded),
    );
  }
  return change(
    host,
    found,
    { wanted, restart },
    (site, recorded, ledger) => planUnconfigure(host, site, entry, recorded, (hash) => ledger.kept(hash)),
  );
}

/** What a change of the record's makes of one configuration. */
type Planner = (site: Site, recorded: Configured | undefined, ledger: Ledger) => Promise<ChangePlan>;

async function change(host: Host, found: Site, goal: Goal, plan: Planner): Promise<Done> {
  return await Ledger.locked(host, async (ledger) => {
    // Whoever had the lock may have restarted it.
    const site = withDaemons(host, found);
    const recorded = heal(host, ledger, site);
    return await new EngineChange(host, ledger, site, goal).carryOut(await plan(site, recorded, ledger));
  });
}

/** Removes what a run that was killed had not put in place yet. */
function heal(host: Host, ledger: Ledger, site: Site): Configured | undefined {
  const recorded = ledger.of(site.control.configuration.engine, site.file);
  for (const { file } of recorded?.files ?? []) removeLeftOvers(host, file);
  return recorded;
}
