/**
 * What an uninstalling would do: remove exactly what is on record, as far as nobody has changed it since, and
 * what the program makes anew whenever it runs.
 */
import { failure, quote } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";
import { RUN_CONTENTS } from "../state/run_contents.ts";
import { type EditedBundle, editedBundles } from "./bundles.ts";
import { SWITCH } from "../state/bypass.ts";
import { CONFIG_FOLDER, LOGS } from "./places.ts";
import { livingNewer } from "../state/journal.ts";
import { versionsOf } from "./plan.ts";
import { UNIT_ENABLED } from "./service_unit.ts";
import { firstLauncher, type InstallRecord, readRecord } from "./record.ts";
import { dockersContainers, engineReferences, liveContainers } from "./references.ts";
import {
  fileRemovals,
  folderRemovals,
  keptUnlessPurged,
  type Removal,
  removal,
  stateRemovals,
} from "./removals.ts";
import { pathIn, withinRoot } from "./root.ts";
import { findStrays } from "./strays.ts";

/** A request to uninstall. */
export interface UninstallRequest {
  /** The root, as in {@linkcode import("./install.ts").InstallRequest}. */
  root: string;
  /** Also where engines or containers still name us. */
  force: boolean;
  /** Whether configuration, plugins and logs go, too. */
  purge: boolean;
  /** The running file. */
  self: string;
}

/** What an uninstalling does, or would do. */
export interface UninstallPlan {
  record: InstallRecord | undefined;
  removals: Removal[];
  bundles: EditedBundle[];
  /** Who still names us; not empty only with `force`. */
  inUse: string[];
  /** Why systemd does not stop the service; all else is done. */
  serviceTrouble?: string;
}

/**
 * Looks at everything and changes nothing.
 *
 * @throws {Failure} install-rights; install-record; install-unrecorded where the program is there without a record;
 * install-in-use where engines or containers still name us, without `force`
 */
export async function planUninstall(machine: Host, request: UninstallRequest): Promise<UninstallPlan> {
  return await withinRoot(machine, request.root, (host) => makeUninstallPlan(host, request));
}

/** Plans an uninstall inside a root. @param host The host of that root. */
export async function makeUninstallPlan(host: Host, request: UninstallRequest): Promise<UninstallPlan> {
  const { root, force, purge, self } = request;
  const record = readRecord(host);
  const strays = record ? [] : findStrays(host, pathIn(root, self));
  if (strays.length > 0) throw failure("install-unrecorded", { paths: strays, root });
  const inUse = users(host, record);
  if (inUse.length > 0 && !force) throw failure("install-in-use", { places: inUse });
  const bundles = await editedBundles(host);
  const items = record?.items ?? [];
  const files = [
    ...bundles.map(({ path }): Removal => ({ action: "restore", path, note: "the original config.json" })),
    ...await fileRemovals(host, items, purge),
    ...versionsOf(items).filter(({ path }) => host.lstat(path)).map((item) => removal(item.path, item)),
    // A program that is installed again is not to be passed over.
    ...[`${CONFIG_FOLDER}/${SWITCH}`].filter((path) => host.lstat(path)).map((path) => removal(path)),
    // Made by `systemctl enable`: without the unit it leads nowhere.
    ...[UNIT_ENABLED].filter((path) => record && host.lstat(path)).map((path) => removal(path)),
    ...[CONFIG_FOLDER, ...LOGS].filter((path) => purge && host.lstat(path)).map((path) => removal(path)),
    // A container that lives needs the journal when it ends: the program may have been installed again by then.
    ...inUse.length === 0 ? runRemovals(host) : [],
    ...stateRemovals(host, purge),
  ];
  const removals = [...files, ...folderRemovals(host, items, files)];
  return { record, removals: [...removals, ...keptBesides(host, removals)], bundles, inUse };
}

/** What is the administrator's and on no record. */
function keptBesides(host: Host, removals: readonly Removal[]): Removal[] {
  const paths = removals.map(({ path }) => path);
  return [CONFIG_FOLDER, ...LOGS].filter((path) => host.lstat(path) && !paths.includes(path)).map(
    keptUnlessPurged,
  );
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
  const live = liveContainers(host);
  const containers = live.map(({ container: { id, engine } }) =>
    `container ${quote(id)}${engine === "none" ? "" : ` of ${engine}`}`
  );
  const newer = livingNewer(host).map((path) =>
    `a container that a newer container-hooks has planned, on record in ${quote(path)}`
  );
  const others = dockersContainers(host).filter(({ id }) =>
    !live.some(({ container }) => container.id === id)
  );
  const recorded = others.map(({ id, name }) =>
    `container ${quote(name ?? id)} of docker, which has our name on record`
  );
  return [
    ...new Set([
      ...engineReferences(host, [firstLauncher(record), ...launchers]),
      ...containers,
      ...newer,
      ...recorded,
    ]),
  ];
}
