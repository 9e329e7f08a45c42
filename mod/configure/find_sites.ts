/** Which engines are here: by their programs, their configuration files and their processes. */
import type { EngineFacts } from "../engines/config/engine_configuration.ts";
import { failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { folderOf } from "../core/path.ts";
import { findDaemons } from "./daemons.ts";
import type { Daemon, EngineControl, Site } from "./engine_control.ts";
import { ask, findProgram } from "./programs.ts";

/** Bytes of a configuration file; far more than anybody writes. */
const LIMIT = 4 * 1024 * 1024;

/**
 * One engine as it is here.
 *
 * @param file Its configuration file; the engine's default where none is named.
 */
export async function findSite(host: Host, control: EngineControl, file?: string): Promise<Site> {
  const program = findProgram(host, control.program);
  return withDaemons(host, {
    control,
    file: file ?? control.configuration.defaultFile,
    ...(program === undefined ? {} : { program, version: await versionOf(host, program) }),
    others: [],
  });
}

/** The same engine with the processes that it has now. */
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

/** Whether anything of the engine is here. */
export function isHere(host: Host, { program, daemon, file }: Site): boolean {
  return program !== undefined || daemon !== undefined || host.lstat(file) !== undefined;
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
 * A configuration file through all its symbolic links.
 *
 * @returns undefined where there is none
 * @throws {Failure} untrusted where others than root could have written it, json-encoding
 */
export function readText(host: Host, file: string): string | undefined {
  const bytes = readBytes(host, file);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw failure("json-encoding", { what: file }, { cause });
  }
}

/** As {@linkcode readText}, undecoded. */
export function readBytes(host: Host, file: string): Uint8Array | undefined {
  const real = host.realPath(file);
  return real === undefined ? undefined : readTrusted(host, real, "engine configuration", LIMIT).bytes;
}

function namesIn(host: Host, folder: string): string[] {
  const real = host.realPath(folder);
  if (real === undefined) return [];
  return host.readFolder(real).filter(({ kind }) => kind !== "a folder").map(({ name }) => name);
}

async function versionOf(host: Host, program: string): Promise<string | undefined> {
  const { ok, stdout } = await ask(host, program, ["--version"]);
  return ok ? /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] : undefined;
}

function sameFile(host: Host, one: string, other: string): boolean {
  const real = host.realPath(one);
  return real !== undefined && real === host.realPath(other);
}
