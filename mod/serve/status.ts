/** What a service writes down about itself, and how somebody else reads it. */
import { failure } from "../errors.ts";
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { processIdentity } from "../host/process_identity.ts";
import type { Program } from "../plugin/program.ts";
import type { Figures } from "./figures.ts";

/** The state of a service, a few seconds old. */
export interface ServiceStatus extends Figures {
  pid: number;
  /** Tells the process from a later one of its number. */
  identity?: string;
  /** File of the program. */
  program: string;
  version: string;
  /** Milliseconds since 1970, of the process or of the successor that it became last. */
  since: number;
  /** Bytes. */
  memory: number;
  /** Places whose launchers wait for an answer, or have not gone yet; 0 while nothing is created. */
  placesTaken: number;
  /** Isolates that wait to be used. */
  isolates: number;
  /** Plugins that have ended the service too often: for a create that asks one, launchers start the program. */
  tooOften: string[];
  /** Why everybody is sent away for now, where that is so. */
  keptCold?: string;
}

const LIMIT = 64 * 1024;

/** What a status tells of the process, which does not change; it is taken to have begun now. */
export function processStatus(
  host: Host,
  { file, version }: Program,
): Pick<ServiceStatus, "pid" | "identity" | "program" | "version" | "since"> {
  const pid = host.pid();
  return { pid, identity: processIdentity(host, pid), program: file, version, since: host.now() };
}

/** Writes it; where that cannot be done, the service goes on without. */
export function writeStatus(host: Host, folder: string, status: ServiceStatus): void {
  try {
    replaceFile(
      host,
      `${folder}/status`,
      "status of the service",
      new TextEncoder().encode(JSON.stringify(status)),
      {
        temporary: `${folder}/status.new`,
        mode: 0o600,
        durable: false,
      },
    );
  } catch {
    // It is for people; containers start without.
  }
}

/**
 * Reads it.
 *
 * @returns undefined where no service runs
 * @throws {Failure} where it cannot be read
 */
export function readStatus(host: Host, folder: string): ServiceStatus | undefined {
  if (!host.lstat(`${folder}/now`)) return undefined;
  const { bytes } = readTrusted(host, `${folder}/status`, "status of the service", LIMIT);
  const status = parse(bytes);
  if (!isStatus(status)) throw failure("service-status", { path: `${folder}/status` });
  const runs = status.identity === undefined
    ? host.lstat(`/proc/${status.pid}`) !== undefined
    : processIdentity(host, status.pid) === status.identity;
  return runs ? status : undefined;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** A version to come may tell other things, and whoever reads it counts with these. */
function isStatus(value: unknown): value is ServiceStatus {
  const status = value as Partial<Record<string, unknown>> | null | undefined;
  return typeof status === "object" && status !== null && typeof status.cold === "object" &&
    status.cold !== null &&
    ["pid", "since", "memory", "placesTaken", "isolates", "warm", "refused"].every((name) =>
      Number.isFinite(status[name])
    ) &&
    ["program", "version"].every((name) => typeof status[name] === "string") &&
    Array.isArray(status.tooOften);
}
