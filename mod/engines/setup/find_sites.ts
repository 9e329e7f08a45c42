/** Which engines are here: by their programs, their configuration files and their processes. */
import { folderOf, nameOf } from "../../core/path.ts";
import type { EngineFacts } from "./engine_configuration.ts";
import { checkProgram } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { findDaemons, programOf } from "./daemons.ts";
import { namesIn, readText } from "./engine_files.ts";
import type { Daemon, EngineControl, Site } from "./engine_control.ts";
import { readLedger, recordOf } from "./ledger.ts";
import { ask, findProgram } from "./programs.ts";

/**
 * Finds an engine as it is on this host.
 *
 * @param file Its configuration file; the engine's default where none is named.
 */
export async function findSite(host: Host, control: EngineControl, file?: string): Promise<Site> {
  const site = withDaemons(host, {
    control,
    file: file ?? control.configuration.defaultFile,
    others: [],
  });
  const program = file === undefined
    ? findProgram(host, control.program)
    : programFor(host, control, site.daemon);
  return program === undefined ? site : { ...site, program, version: await versionOf(host, program) };
}

/**
 * Gets the sites of an engine that are to be configured where no file is named: the default one, or, where processes
 * of the engine's read others alone, those.
 */
export async function findSites(host: Host, control: EngineControl): Promise<Site[]> {
  const usual = await findSite(host, control);
  if (usual.daemon !== undefined || usual.others.length === 0) return [usual];
  return await sitesOf(host, control, usual.others.map(({ file }) => file));
}

/** Finds every site of an engine that may have something of ours: the default one, what is read, what is on record. */
export async function findAllSites(host: Host, control: EngineControl): Promise<Site[]> {
  const { engine } = control.configuration;
  const usual = await findSite(host, control);
  const recorded = readLedger(host).filter((one) => one.engine === engine).map(({ file }) => file);
  const files = [...usual.others.map(({ file }) => file), ...recorded].filter((file) => file !== usual.file);
  return [usual, ...await sitesOf(host, control, files)];
}

function sitesOf(host: Host, control: EngineControl, files: readonly string[]): Promise<Site[]> {
  return Promise.all([...new Set(files)].map((file) => findSite(host, control, file)));
}

/** Looks again for the processes of an engine. */
export function withDaemons(host: Host, site: Site): Site {
  const daemons = findDaemons(host, site.control);
  // The file of a folder such as crio.conf.d is read by whoever reads crio.conf.
  const readsFile = ({ file }: Daemon) =>
    file === site.file || `${file}.d` === folderOf(site.file) || sameFile(host, file, site.file);
  return {
    ...site,
    daemon: daemons.find(readsFile),
    others: daemons.filter((daemon) => !readsFile(daemon)),
  };
}

/** Whether anything of the engine is here, or of ours was. */
export function isHere(host: Host, { control, program, daemon, file }: Site): boolean {
  return program !== undefined || daemon !== undefined || exists(host, file) ||
    recordOf(host, control.configuration.engine, file) !== undefined;
}

/** What the editors of configuration texts may know. */
export async function factsOf(host: Host, site: Site): Promise<EngineFacts> {
  return {
    text: (file) => readText(host, file),
    names: (folder) => namesIn(host, folder),
    version: site.version,
    effective: await site.control.effective?.(host, site),
  };
}

/**
 * Finds an engine's program. A process that reads a file of its own has its own: k3s has a containerd that is not the
 * system's.
 */
function programFor(host: Host, { program }: EngineControl, daemon: Daemon | undefined): string | undefined {
  const running = daemon && programOf(host, daemon);
  if (running === undefined) return findProgram(host, program);
  // A program of many names says nothing by its own.
  if (nameOf(running) !== program) return undefined;
  checkProgram(host, running, "program");
  return running;
}

async function versionOf(host: Host, program: string): Promise<string | undefined> {
  const { ok, stdout } = await ask(host, program, ["--version"]);
  return ok ? /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] : undefined;
}

/** Tells whether two paths are one file. If one of them cannot be looked at, whoever reads it says why. */
function sameFile(host: Host, one: string, other: string): boolean {
  try {
    const real = host.realPath(one);
    return real !== undefined && real === host.realPath(other);
  } catch {
    return false;
  }
}

function exists(host: Host, file: string): boolean {
  try {
    return host.lstat(file) !== undefined;
  } catch {
    return true;
  }
}
