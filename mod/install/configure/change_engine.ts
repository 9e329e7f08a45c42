/**
 * Configuring an engine and taking that back: record, files, the engine's own judgement, loading, and putting
 * everything back where the engine does not want it.
 */
import type { RuntimeEntry } from "../../engines/config/engine_configuration.ts";
import { failure } from "../../errors.ts";
import { discard } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { sha256 } from "../../journal/journal.ts";
import type { Answer, Restart, Site } from "./engine_control.ts";
import { FileChanges, realPlace, temporaryFor } from "./file_changes.ts";
import { type Configured, Ledger } from "./ledger.ts";
import { load, type Loading, type Wanted } from "./load.ts";
import { type ChangePlan, planConfigure, planUnconfigure } from "./plan_changes.ts";

/** What was done to one file. */
export interface DoneChange {
  file: string;
  /** Where it really is, when `file` leads there through a symbolic link. */
  real?: string;
  /** Path of the copy of what stood there; absent where nothing did, or where it was a text of ours. */
  backup?: string;
}

/** What was done to one engine. */
export interface Done {
  changes: DoneChange[];
  answer: Answer;
  by: Restart;
  /** What is left to be done by hand. */
  remedy?: string;
}

/**
 * Puts our runtime into an engine's configuration and has the engine load it.
 *
 * Killed at any moment, each file is the old or the new one, whole, and the next call goes on from there.
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
    return await carryOut(
      host,
      ledger,
      site,
      await planConfigure(host, site, entry, recorded),
      wanted,
      restart,
    );
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
    const done = await carryOut(host, ledger, site, plan, wanted, restart);
    if (recorded && !plan.after) tidy(host, ledger, recorded, plan);
    return done;
  });
}

/** Removes what a run that was killed had not put in place yet. */
function heal(host: Host, ledger: Ledger, site: Site): Configured | undefined {
  const recorded = ledger.of(site.control.configuration.engine, site.file);
  for (const { file } of recorded?.files ?? []) discard(host, temporaryFor(host, file));
  return recorded;
}

async function carryOut(
  host: Host,
  ledger: Ledger,
  site: Site,
  plan: ChangePlan,
  wanted: Wanted,
  restart: Restart | undefined,
): Promise<Done> {
  const { engine } = site.control.configuration;
  const before = ledger.of(engine, site.file);
  const record = (now: Configured | undefined) =>
    now !== ledger.of(engine, site.file) && ledger.write(engine, site.file, now);
  const changes = await keepBackups(host, ledger, plan, before);
  const files = new FileChanges(host, plan.changes);
  record(plan.during);
  let loading: Loading;
  try {
    if (plan.changes.length > 0) await site.control.check(host, site, files.stage(), wanted.name);
    files.commit();
    loading = await load(host, site, wanted, restart);
    if (loading.refused && wanted.loaded) throw notLoaded(site, loading);
  } catch (error) {
    files.discard();
    await putBack(host, site, files, wanted, restart);
    record(before);
    throw error;
  }
  record(plan.after);
  const { answer, by, remedy } = loading;
  return { changes, answer, by, ...(remedy === undefined ? {} : { remedy }) };
}

/** An engine that was told to load the new files loads the old ones again. */
async function putBack(
  host: Host,
  site: Site,
  files: FileChanges,
  wanted: Wanted,
  restart: Restart | undefined,
): Promise<void> {
  if (files.takeBack()) {
    await load(host, site, { ...wanted, loaded: !wanted.loaded, isDefault: false }, restart);
  }
}

function notLoaded({ control, file }: Site, { answer }: Loading): Error {
  return failure("engine-refuses", { engine: control.program, file, said: answer.how });
}

/** Copies of what was not written by us. */
async function keepBackups(
  host: Host,
  ledger: Ledger,
  { changes }: ChangePlan,
  recorded: Configured | undefined,
): Promise<DoneChange[]> {
  const ours = new Set(recorded?.files.flatMap((known) => known.ours));
  return await Promise.all(changes.map(async ({ file, before }): Promise<DoneChange> => {
    const real = realPlace(host, file);
    const done = real === file ? { file } : { file, real };
    if (before === undefined || ours.has(await sha256(before))) return done;
    return { ...done, backup: ledger.backup(await ledger.keep(before)) };
  }));
}

/** Removes the copies that were given back, and the folders that were made for our files alone. */
function tidy(host: Host, ledger: Ledger, recorded: Configured, { changes }: ChangePlan): void {
  for (const { file, original, folders } of recorded.files) {
    const isGivenBack = changes.some((change) => change.file === file && change.owner !== undefined);
    if (isGivenBack && typeof original === "object") ledger.release(original.sha256);
    // One that holds something else stays.
    for (const folder of folders.toReversed()) discard(host, folder);
  }
}
