/**
 * What an uninstalling would do: remove exactly what is on record, as far as nobody has changed it since, and
 * what the program makes anew whenever it runs.
 */
import { failure, quote } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { RUN_CONTENTS, runFolder } from "../host/our_folders.ts";
import { type EditedBundle, editedBundles } from "./bundles.ts";
import { CONFIG_FOLDER, LAUNCHER, LOGS } from "./places.ts";
import { versionsOf } from "./plan.ts";
import { type InstallRecord, readRecord } from "./record.ts";
import { engineReferences, liveContainers } from "./references.ts";
import { fileRemovals, folderRemovals, type Removal, removal, stateRemovals } from "./removals.ts";
import { rootedHost } from "./rooted_host.ts";

/** What is asked for. */
export interface UninstallRequest {
  /** As of {@linkcode import("./install.ts").InstallRequest}. */
  root: string;
  /** Also where engines or containers still name us. */
  force: boolean;
  /** Configuration, plugins and logs, too. */
  purge: boolean;
}

/** What an uninstalling does, or would do. */
export interface UninstallPlan {
  record: InstallRecord | undefined;
  removals: Removal[];
  bundles: EditedBundle[];
  /** Who still names us; not empty only with `force`. */
  inUse: string[];
}

/**
 * Looks at everything and changes nothing.
 *
 * @throws {Failure} install-rights; install-in-use where engines or containers still name us, without `force`
 */
export async function planUninstall(machine: Host, request: UninstallRequest): Promise<UninstallPlan> {
  const { root, force, purge } = request;
  if (root === "" && machine.uid() !== 0) throw failure("install-rights", { user: machine.uid() });
  const host = rootedHost(machine, root);
  const record = readRecord(host);
  const inUse = users(host, record);
  if (inUse.length > 0 && !force) throw failure("install-in-use", { places: inUse });
  const bundles = await editedBundles(host);
  const items = record?.items ?? [];
  const files = [
    ...bundles.map(({ path }): Removal => ({ action: "restore", path, note: "the original config.json" })),
    ...await fileRemovals(host, items, purge),
    ...versionsOf(items).filter(({ path }) => host.lstat(path)).map((item) => removal(item.path, item)),
    ...purge ? [CONFIG_FOLDER, ...LOGS].filter((path) => host.lstat(path)).map((path) => removal(path)) : [],
    // A container that lives needs the journal when it ends: the program may have been installed again by then.
    ...inUse.length === 0 ? runRemovals(host) : [],
  ];
  const removals = [...files, ...folderRemovals(host, items, files), ...stateRemovals(host, purge)];
  return { record, removals, bundles, inUse };
}

/** The run folder; where the environment names one that holds more than ours, what is ours in it. */
function runRemovals(host: Host): Removal[] {
  const folder = runFolder(host);
  if (!host.lstat(folder)) return [];
  const names = host.readFolder(folder).map(({ name }) => name);
  const ours = names.filter((name) => RUN_CONTENTS.includes(name));
  if (ours.length === names.length) return [removal(folder)];
  return ours.map((name) => removal(`${folder}/${name}`));
}

function users(host: Host, record: InstallRecord | undefined): string[] {
  const launchers = (record?.items ?? []).flatMap((item) =>
    item.kind === "file" && item.runtime ? [item.path] : []
  );
  const containers = liveContainers(host).map(({ container: { id, engine } }) =>
    `container ${quote(id)}${engine === "none" ? "" : ` of ${engine}`}`
  );
  return [...new Set([...engineReferences(host, [LAUNCHER, ...launchers]), ...containers])];
}
