/** Whether what engines call, what is installed and what runs here belong together. */
import { type Finding, fine, thrownFinding, warning, wrong } from "../cli/kit/finding.ts";
import { readConfig } from "../config/config.ts";
import { VERSION } from "../core/version.ts";
import { Failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { PROGRAM_NAME } from "../install/compare_item.ts";
import { firstLauncher, type InstallRecord } from "../install/record.ts";
import { findRuntime } from "../wrapper/find_runtime.ts";
import { LAUNCHER_VERSION } from "../wrapper/launcher_contract.ts";
import { INSTALLATION, knownInstallation } from "./installation.ts";

const MEND = "container-hooks install";
/** Bytes; a launcher has some ten thousand. */
const LIMIT = 1024 * 1024;

/** A launcher that is to be there. */
export interface InstalledLauncher {
  path: string;
  /** The runtime in front of which it stands, as far as that is on record. */
  runtime?: string;
}

/** Lists the launchers on record, or the one that somebody wrote by hand. */
export function launchersOf(host: Host, record: InstallRecord | undefined): InstalledLauncher[] {
  const path = firstLauncher(record);
  if (!record) return host.lstat(path) ? [{ path }] : [];
  return record.items.flatMap((item) =>
    item.kind === "file" && item.runtime ? [{ path: item.path, runtime: item.runtime }] : []
  );
}

/** Checks the record of the installation, and each launcher. */
export function checkInstallation(host: Host): Finding[] {
  const { record, trouble } = knownInstallation(host);
  const launchers = launchersOf(host, record);
  if (!record && !trouble && launchers.length === 0) {
    return [warning(INSTALLATION, `nothing is installed: ${firstLauncher(record)} is not there`, MEND)];
  }
  return [
    ...trouble ? [trouble] : [],
    ...record ? recordFindings(host, record) : [],
    ...launchers.map((launcher) => checkLauncher(host, launcher)),
  ];
}

function recordFindings(host: Host, { state, version, program }: InstallRecord): Finding[] {
  const subject = INSTALLATION;
  const file = `${program}/${PROGRAM_NAME}`;
  if (!host.lstat(file)) return [wrong(subject, `the program ${file} is gone`, MEND)];
  if (state === "changing") {
    return [warning(subject, "an install or uninstall was interrupted", `${MEND} (or uninstall) once more`)];
  }
  if (version !== VERSION) {
    const what = `this is container-hooks ${VERSION}, and what is installed is ${version}`;
    return [warning(subject, what, `${MEND}, by the version that is to stay`)];
  }
  return [fine(subject, `container-hooks ${version} in ${program}`)];
}

function checkLauncher(host: Host, { path, runtime }: InstalledLauncher): Finding {
  const subject = `launcher ${path}`;
  try {
    const told = launcherAt(host, path);
    if (!told) return fine(subject, "is the program itself, not the faster script that install writes");
    const { version, contract, program } = told;
    if (!host.lstat(program)) return wrong(subject, `its program ${program} is gone: nothing starts`, MEND);
    if (contract !== LAUNCHER_VERSION) {
      return wrong(subject, `was written by container-hooks ${version} and does not fit this one`, MEND);
    }
    if (version !== VERSION) {
      return warning(subject, `is of container-hooks ${version}, this is ${VERSION}`, MEND);
    }
    return checkBehind(host, subject, runtime ?? told.runtime, program);
  } catch (thrown) {
    return { ...thrownFinding(subject, thrown), remedy: MEND };
  }
}

function checkBehind(host: Host, subject: string, runtime: string, program: string): Finding {
  try {
    findRuntime(host, [runtime], program);
    return fine(subject, `stands in front of ${runtime}`);
  } catch (thrown) {
    const found = thrownFinding(subject, thrown);
    if (!(thrown instanceof Failure) || thrown.code !== "runtime-missing") return found;
    // Another runtime in its place would not know the containers that live.
    const remedy = `install ${runtime} again, or give it up: container-hooks uninstall, then ${MEND}`;
    return {
      ...found,
      what: found.what.replace(/^no OCI runtime was found/, "its OCI runtime is gone"),
      remedy,
    };
  }
}

/** What a launcher's own text says. */
export interface LauncherText {
  version: string;
  contract: number;
  program: string;
  runtime: string;
}

/**
 * What the launcher in a file says; undefined of the program. @throws {Failure} untrusted, and the file-* of reading
 */
export function launcherAt(host: Host, path: string): LauncherText | undefined {
  try {
    return readLauncher(new TextDecoder().decode(readTrusted(host, path, "launcher", LIMIT).bytes));
  } catch (thrown) {
    // No launcher is as large as the program, in either form.
    if (thrown instanceof Failure && thrown.code === "file-too-large") return undefined;
    throw thrown;
  }
}

/** Reads the text of a launcher; undefined where it is none. */
export function readLauncher(text: string): LauncherText | undefined {
  const version = /^# The OCI runtime of container-hooks (\S+),/m.exec(text)?.[1];
  const contract = /^ *set -- plan --launcher=(\d+) /m.exec(text)?.[1];
  const program = assigned(text, "container_hooks_program");
  const runtime = assigned(text, "container_hooks_runtime");
  if (version === undefined || contract === undefined || !program || !runtime) return undefined;
  return { version, contract: Number(contract), program, runtime };
}

/** Reads an assignment as the launcher's writer quotes it: '...' with '\'' for the sign itself. */
function assigned(text: string, name: string): string | undefined {
  const quoted = new RegExp(`^${name}='((?:[^']|'\\\\'')*)'$`, "m").exec(text)?.[1];
  return quoted?.replaceAll("'\\''", "'");
}

/** Whether the runtimes of the configuration are there; the wrapper takes the first. */
export async function checkRuntimes(host: Host, self: string): Promise<Finding[]> {
  const { runtimes } = await readConfig(host);
  try {
    return [fine("OCI runtime", `${findRuntime(host, runtimes, self)} is there`)];
  } catch (thrown) {
    return [thrownFinding("OCI runtime", thrown)];
  }
}
