/**
 * Installing: the program, a launcher for each OCI runtime, configuration, folders, documents.
 *
 * Killed at any moment, what is there is a working installation, old or new, or none that anything leads to; all
 * of it is on record, so installing again completes it and uninstalling removes it.
 */
import { readConfig } from "../config/config.ts";
import { failure } from "../errors.ts";
import { checkFolder } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { chooseLaunchers, type Launcher } from "./launchers.ts";
import { type Document, layOut, missingFolders } from "./layout.ts";
import { type InstallLock, lockInstallation } from "./lock.ts";
import { PROGRAM_NAME } from "./compare_item.ts";
import { checkSpace } from "./free_space.ts";
import { folderOf } from "../core/path.ts";
import { PREFIX, RECORD, STATE } from "./places.ts";
import { planSteps, recordAfter } from "./plan.ts";
import type { ProgramFile } from "./program_file.ts";
import { allItems, type InstallRecord, type Item, readRecord, writeRecord } from "./record.ts";
import { rootedHost } from "./rooted_host.ts";
import { commit, prepare, type Step } from "./transaction.ts";
import { removeTree } from "./tree.ts";
import { makeVersion } from "./version_folder.ts";

/** What is asked for. */
export interface InstallRequest {
  /** Absolute, without a slash at its end; "" for this machine. */
  root: string;
  /** Folder for the versions of the program, inside the root. Default: where they are, else {@linkcode PREFIX}. */
  prefix?: string;
  program: ProgramFile;
  documents: readonly Document[];
}

/** What an installing does, or would do. */
export interface InstallPlan {
  request: InstallRequest;
  steps: Step[];
  launchers: Launcher[];
  /** Folder of the version that is installed. */
  folder: string;
  earlier: InstallRecord | undefined;
}

/**
 * Looks at everything and changes nothing.
 *
 * @throws {Failure} install-rights, install-space, install-foreign, runtime-missing, untrusted, and those of the
 * configuration
 */
export async function planInstall(machine: Host, request: InstallRequest): Promise<InstallPlan> {
  const { root, program, documents } = request;
  if (root === "" && machine.uid() !== 0) throw failure("install-rights", { user: machine.uid() });
  const host = rootedHost(machine, root);
  const earlier = readRecord(host);
  const prefix = request.prefix ?? (earlier ? folderOf(earlier.program) : PREFIX);
  const folder = `${prefix}/${program.folder}`;
  checkTrust(host, prefix);
  const file = `${folder}/${PROGRAM_NAME}`;
  const launchers = chooseLaunchers(host, await readConfig(host), file, earlier);
  const wanted = await layOut({ ...program, program: folder, launchers, documents });
  // A file outside of the root has no path in it; its own place in it is that of no other file.
  const self = program.path.startsWith(`${root}/`) ? program.path.slice(root.length) : file;
  const steps = await planSteps({ host, machine, self, wanted, earlier });
  const isNew = steps.some(({ item, action }) => item.path === folder && action !== "keep");
  if (isNew) await checkSpace(machine, root + (host.realPath(existing(host, prefix)) ?? "/"), program.size);
  return { request, steps, launchers, folder, earlier };
}

/** Whoever can write where the program lies decides what root runs. */
function checkTrust(host: Host, prefix: string): void {
  checkFolder(host, existing(host, prefix), "folder of the program");
}

/** The path, or the next one above it that is there. */
function existing(host: Host, path: string): string {
  return path === "/" || host.realPath(path) !== undefined ? path : existing(host, folderOf(path));
}

/**
 * Installs.
 *
 * @returns what was done: another installing may have been faster than the plan that was shown
 * @throws {Failure} those of {@linkcode planInstall}, file-unwritable, install-version; what was there before is
 * as it was
 */
export async function install(machine: Host, request: InstallRequest): Promise<InstallPlan> {
  await planInstall(machine, request); // Before the first folder is made.
  const host = rootedHost(machine, request.root);
  const above = missingFolders([STATE], (path) => host.realPath(path) !== undefined);
  using lock = await lockInstallation(host);
  const plan = await planInstall(machine, request);
  const { earlier, steps, folder } = plan;
  const items = allItems(above, recordAfter(steps, earlier));
  const record: InstallRecord = {
    format: 1,
    state: "changing",
    version: request.program.version,
    program: earlier?.program ?? folder,
    items: allItems(earlier?.items ?? [], items),
  };
  try {
    writeRecord(host, record);
    const make = (place: string) => makeVersion(host, request.root, place, request.program);
    await prepare(host, steps, make);
  } catch (error) {
    putBack(host, lock, above, earlier);
    throw error;
  }
  commit(host, steps);
  for (const { item, action } of steps) if (action === "remove") removeTree(host, item.path);
  writeRecord(host, { ...record, state: "whole", program: folder, items });
  return plan;
}

/** The record as it was, and nothing at all where there was none. */
function putBack(host: Host, lock: InstallLock, above: readonly Item[], earlier: InstallRecord | undefined) {
  try {
    if (earlier) return writeRecord(host, earlier);
    host.remove(RECORD);
    lock.removeWith(above);
  } catch {
    // A record that names more than there is does no harm: what is not there is not removed.
  }
}
