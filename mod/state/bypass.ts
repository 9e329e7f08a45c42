/**
 * The way out: a file of root's that makes every create pass straight through, whatever else is broken.
 *
 * It is looked at before the configuration, so that a configuration that cannot be read is no obstacle.
 */
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";

/** The switch as it stands. */
export interface Bypass {
  /** Milliseconds since 1970. */
  since: number;
  /** Milliseconds since 1970; without it, until it is switched off or the host restarts. */
  until?: number;
}

const LIMIT = 4096;

function bypassFile(host: Host): string {
  return `${runFolder(host)}/bypass`;
}

/**
 * The bypass, where one is in force.
 *
 * @throws {Failure} where the file is not root's, or cannot be read: a switch that others could set is worse
 * than none
 */
export function readBypass(host: Host): Bypass | undefined {
  const path = bypassFile(host);
  if (!host.lstat(path)) return undefined;
  const { bytes } = readTrusted(host, path, "bypass switch", LIMIT);
  const { value } = parseJsonObject(decodeJson(bytes, path), path);
  const since = typeof value.since === "number" ? value.since : 0;
  const until = typeof value.until === "number" ? value.until : undefined;
  return until !== undefined && until <= host.now() ? undefined : { since, until };
}

/** Switches it on. @param duration Milliseconds; without it, until it is switched off. */
export function switchBypassOn(host: Host, duration?: number): Bypass {
  const since = host.now();
  const bypass: Bypass = duration === undefined ? { since } : { since, until: since + duration };
  makePrivateFolder(host, runFolder(host));
  const path = bypassFile(host);
  replaceFile(host, path, "bypass switch", new TextEncoder().encode(`${JSON.stringify(bypass)}\n`), {
    temporary: `${path}.${host.randomToken()}`,
    mode: 0o600,
    durable: false,
  });
  return bypass;
}

/** Switches it off. */
export function switchBypassOff(host: Host): void {
  discard(host, bypassFile(host));
}
