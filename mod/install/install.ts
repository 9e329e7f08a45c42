/**
 * Installing: the program, a launcher for each OCI runtime, configuration, folders, documents.
 *
 * Killed at any moment, what is there is a working installation, old or new, or none that anything leads to; all
 * of it is on record, so installing again completes it and uninstalling removes it.
 */
import { readConfig } from "../config/config.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { chooseLaunchers, type Launcher } from "./launchers.ts";
import { type Document, layOut, missingStateFolders, STATE_FOLDER } from "./layout.ts";
import { removeLeftOvers } from "./left_overs.ts";
import { type InstallLock, lockInstallation } from "./lock.ts";
import { checkPrefix, checkWritable, type RootedView } from "./check_folders.ts";
import { PROGRAM_NAME } from "./compare_item.ts";
import { checkSpace } from "./free_space.ts";
import { folderOf } from "../core/path.ts";
import { prefixOf, RECORD } from "./places.ts";
import { planSteps, recordAfter } from "./plan.ts";
import type { ProgramFile } from "./program_file.ts";
import { allItems, binOf, type FolderItem, type InstallRecord, readRecord, writeRecord } from "./record.ts";
import { pathIn, withinRoot } from "./root.ts";
import {
  forgetUnit,
  isWanted,
  type ServiceAction,
  serviceAction,
  tellSystemd,
  wantsUnit,
} from "./service.ts";
import { commit, prepare, type Step } from "./transaction.ts";
import { removeTree } from "./tree.ts";
import { makeVersion } from "./version_folder.ts";

/** A request to install. */
export interface InstallRequest {
  /** Absolute, without a slash at its end; "" for this machine. */
  root: string;
  /** Folder for the versions of the program, inside the root. Default: where they are, else beside `bin`. */
  prefix?: string;
  /** Folder for commands and launchers, inside the root. Default: where they are, else {@linkcode BIN}. */
  bin?: string;
  /** Whether the host's init is to run the service. Default: as at the last installing, else yes. */
  service?: boolean;
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
  /** Folder of commands and launchers. */
  bin: string;
  earlier: InstallRecord | undefined;
  service: ServiceAction;
  /** Why systemd does not do what it was asked for; all else is in place. */
  serviceTrouble?: string;
}

/**
 * Looks at everything and changes nothing.
 *
 * @throws {Failure} install-rights, install-prefix, install-space, install-foreign, install-record,
 * file-unwritable, runtime-missing, untrusted, and those of the configuration
 */
export async function planInstall(machine: Host, request: InstallRequest): Promise<InstallPlan> {
  return await withinRoot(
    machine,
    request.root,
    (host) => makePlan({ machine, root: request.root, host }, request, missingStateFolders(host)),
  );
}

/**
 * Plans an installation, and changes nothing.
 *
 * @param made Of the state folder and those above it, what is made, or was for the lock.
 */
async function makePlan(
  outside: RootedView,
  request: InstallRequest,
  made: readonly FolderItem[],
): Promise<InstallPlan> {
  const { machine, host } = outside;
  const { root, program, documents } = request;
  const earlier = readRecord(host);
  const bin = request.bin ?? binOf(earlier);
  // Engines and containers name the launchers where they are.
  if (earlier && bin !== binOf(earlier)) throw failure("install-moved", { from: binOf(earlier), to: bin });
  const prefix = request.prefix ?? (earlier ? folderOf(earlier.program) : prefixOf(bin));
  const folder = `${prefix}/${program.folder}`;
  checkPrefix(host, prefix);
  checkPrefix(host, bin);
  const launchers = chooseLaunchers(host, await readConfig(host), `${folder}/${PROGRAM_NAME}`, earlier, bin);
  const service = isWanted(request.service, earlier);
  const unit = wantsUnit(host, root, service);
  const wanted = await layOut({ ...program, program: folder, bin, launchers, documents, unit });
  const self = pathIn(root, program.path);
  const steps = [
    ...made.length > 0 ? [] : [{ item: STATE_FOLDER, action: "keep" } as const],
    ...made.map((item) => ({ item, action: "make" } as const)),
    ...await planSteps({ host, machine, self, wanted, earlier }),
  ];
  const changing = steps.filter(({ action }) => action !== "keep").map(({ item }) => item.path);
  checkWritable(outside, [...changing, RECORD]);
  if (changing.includes(folder)) await checkSpace(outside, prefix, program.size);
  const action = serviceAction(host, { root, wanted: service, steps, earlier });
  return { request, steps, launchers, folder, bin, earlier, service: action };
}

/**
 * Installs.
 *
 * @returns what was done: another installing may have been faster than the plan that was shown
 * @throws {Failure} those of {@linkcode planInstall}, install-version, file-unremovable; what was there before is as it was
 */
export async function install(machine: Host, request: InstallRequest): Promise<InstallPlan> {
  await planInstall(machine, request); // Before the first folder is made.
  return await withinRoot(machine, request.root, async (host) => {
    using lock = await lockInstallation(host);
    const plan = await makePlan({ machine, root: request.root, host }, request, lock.made);
    const serviceTrouble = await carryOut(host, plan, lock);
    return { ...plan, ...serviceTrouble === undefined ? {} : { serviceTrouble } };
  });
}

/** @returns why systemd does not do what it was asked for */
async function carryOut(host: Host, plan: InstallPlan, lock: InstallLock): Promise<string | undefined> {
  const { request: { root, program, service: asked }, earlier, steps, folder, bin, service } = plan;
  const items = recordAfter(steps, earlier);
  const record: InstallRecord = {
    format: 1,
    state: "changing",
    version: program.version,
    program: earlier?.program ?? folder,
    bin,
    ...isWanted(asked, earlier) ? {} : { service: false as const },
    items: allItems(earlier?.items ?? [], items),
  };
  try {
    writeRecord(host, record);
    removeLeftOvers(host, record.items);
    await prepare(host, steps, (place) => makeVersion(host, root, place, program));
  } catch (error) {
    putBack(host, lock, earlier);
    throw error;
  }
  commit(host, steps);
  const stopping = service === "stop" ? await tellSystemd(host, service) : undefined;
  for (const { item, action } of steps) if (action === "remove") removeTree(host, item.path);
  writeRecord(host, { ...record, state: "whole", program: folder, items });
  if (service === "start" || service === "restart") return await tellSystemd(host, service);
  if (service === "stop") await forgetUnit(host);
  return stopping;
}

/** The record as it was, and nothing at all where there was none. */
function putBack(host: Host, lock: InstallLock, earlier: InstallRecord | undefined): void {
  try {
    if (earlier) return writeRecord(host, earlier);
    host.remove(RECORD);
    lock.removeWith(lock.made);
  } catch {
    // A record that names more than there is does no harm: what is not there is not removed.
  }
}
