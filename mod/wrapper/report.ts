/** Telling a failure to whoever called the runtime: the engine through its log file, a person on stderr. */
import type { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { appendLine, formatLine, type LogFormat } from "../host/own_log.ts";

/** The log in which the engine reads why a runtime failed. */
export interface EngineLog {
  log?: string;
  logFormat?: LogFormat;
}

/**
 * Reports a failure in exactly one line: podman reads the whole file as one JSON object, containerd the last line of
 * level error.
 */
export function reportFailure(host: Host, engine: EngineLog, why: Failure): void {
  const message = `container-hooks: ${why.message}`;
  if (engine.log !== undefined) {
    const line = formatLine(engine.logFormat ?? "text", host.now(), "error", message);
    const file = placeOf(host, engine.log);
    if (file !== undefined) appendLine(host, file, line, 0o644);
  }
  host.stderr(`${message}\n`);
}

/** Undefined where the folder that it begins in is gone: the file is, too. */
function placeOf(host: Host, path: string): string | undefined {
  try {
    return absolute(host, path);
  } catch {
    return undefined;
  }
}

/** Completes a path of the command line from the current folder. */
export function absolute(host: Host, path: string): string {
  return path.startsWith("/") ? path : `${host.cwd()}/${path}`;
}
