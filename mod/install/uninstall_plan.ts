/**
 * What an uninstalling would do: remove exactly what is on record, as far as nobody has changed it since, and
 * what the program makes anew whenever it runs.
 */
import { failure, quote } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../journal/run_folder.ts";
import { type EditedBundle, editedBundles } from "./bundles.ts";
import { look } from "./look.ts";
import { CACHES, CONFIG, CONFIG_FOLDER, LAUNCHER, LOCK, LOGS, RECORD, STATE } from "./places.ts";
import { isLeftOver } from "./left_overs.ts";
import { versionsOf } from "./plan.ts";
import { type InstallRecord, type Item, readRecord } from "./record.ts";
import { engineReferences, liveContainers } from "./references.ts";
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

/** What is done about one path. */
export interface Removal {
  action: "remove" | "keep" | "restore";
  path: string;
  /** Why it is kept, or what it is. */
  note?: string;
  item?: Item;
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
    ...inUse.length === 0 && host.lstat(runFolder(host)) ? [removal(runFolder(host))] : [],
  ];
  const removals = [...files, ...folderRemovals(host, items, files), ...stateRemovals(host, purge)];
  return { record, removals, bundles, inUse };
}

function removal(path: string, item?: Item): Removal {
  return { action: "remove", path, item };
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

/** The last that was made, what engines call, goes first. */
async function fileRemovals(host: Host, items: readonly Item[], purge: boolean): Promise<Removal[]> {
  const files = items.filter(({ kind }) => kind === "file" || kind === "link");
  const removals: Removal[] = [];
  for (const path of new Set(files.map(({ path }) => path).toReversed())) {
    if (host.lstat(path)) removals.push(await fileRemoval(host, path, files, purge));
  }
  return removals;
}

async function fileRemoval(
  host: Host,
  path: string,
  files: readonly Item[],
  purge: boolean,
): Promise<Removal> {
  for (const item of files.filter((item) => item.path === path)) {
    if (await look(host, item) === "same") return removal(path, item);
  }
  if (purge && path === CONFIG) return removal(path);
  return { action: "keep", path, note: "was changed since it was installed" };
}

/** Folders that we have made and that nobody else has put anything into, from the deepest up. */
function folderRemovals(host: Host, items: readonly Item[], files: readonly Removal[]): Removal[] {
  const removed = new Set(files.filter(({ action }) => action === "remove").map(({ path }) => path));
  const depth = ({ path }: Item) => path.split("/").length;
  const folders = items.filter(({ kind, path }) =>
    kind === "folder" && !removed.has(path) && host.lstat(path)
  );
  return folders.filter(({ path }) => !isOf(STATE, path)).toSorted((a, b) => depth(b) - depth(a)).map(
    (item) => {
      const { path } = item;
      const others = host.readFolder(path).filter(({ name }) =>
        !removed.has(`${path}/${name}`) && !isLeftOver(name)
      );
      if (others.length > 0) return { action: "keep", path, note: "not empty" };
      removed.add(path);
      return removal(path, item);
    },
  );
}

/** Whether `folder` is `path` or above it; those go last of all, with the record. */
function isOf(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

function stateRemovals(host: Host, purge: boolean): Removal[] {
  if (!host.realPath(STATE)) return [];
  return host.readFolder(STATE).map(({ name }) => `${STATE}/${name}`).flatMap((path): Removal[] => {
    if (path === RECORD || path === LOCK) return [];
    const ours = CACHES.includes(path.slice(STATE.length + 1)) ||
      /\/\.(new-|container-hooks\.new\.)/.test(path);
    return [ours || purge ? removal(path) : { action: "keep", path, note: "--purge removes it" }];
  });
}
