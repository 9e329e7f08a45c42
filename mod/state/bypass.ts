/**
 * The way out: a file of root's that makes every create pass straight through, whatever else is broken.
 *
 * It is looked at before the configuration, so that a configuration that cannot be read is no obstacle; the launcher
 * looks at it by itself (wrapper/launcher.sh), so that the program need not be there. It lies in the run folder, or,
 * where that is full or read-only, beside config.toml, and holds one line:
 *
 *     on BOOT END SINCE UNTIL FORMAT LOG
 *
 * BOOT is the start of the machine in which it holds, END the seconds after that start at which it ends: a shell
 * can read that clock without starting a process, and nobody sets it. SINCE and UNTIL are milliseconds since 1970, for
 * people; FORMAT and LOG say how and where the launcher logs what it lets pass. "-" stands for what is not set, and
 * what is missing is not set: `echo on >/run/container-hooks/bypass` is a switch.
 */
import { configFolder } from "../config/sources.ts";
import { folderOf } from "../core/path.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import { type Boot, readBoot } from "../host/boot.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import type { LogSettings } from "../host/own_log.ts";
import { systemReason } from "../host/system_reason.ts";

/** The switch as it stands. */
export interface Bypass {
  /** The path of the switch. */
  path: string;
  /** Milliseconds since 1970; absent where a person wrote the file. */
  since?: number;
  /** Milliseconds since 1970; without it, until it is switched off or, where that is known, the host restarts. */
  until?: number;
  /** Whether a restart of the host ends it. */
  endsWithBoot: boolean;
}

/** Name of the file. */
export const SWITCH = "bypass";

const WHAT = "bypass switch";

const LIMIT = 4096;

/** Lists where the switch may be, in the order in which these paths are tried. */
export function bypassPlaces(host: Host): string[] {
  return [...new Set([runFolder(host), configFolder(host)])].map((folder) => `${folder}/${SWITCH}`);
}

/**
 * Gets the bypass, where one is in force; of several, the one that ends last.
 *
 * @throws {Failure} where none is in force, and one is not root's or cannot be read: a switch that others could set
 * is worse than none
 */
export function readBypass(host: Host): Bypass | undefined {
  const found: Bypass[] = [];
  let broken: Failure | undefined;
  for (const path of bypassPlaces(host)) {
    try {
      const bypass = readSwitch(host, path);
      if (bypass) found.push(bypass);
    } catch (thrown) {
      broken ??= asFailure(thrown);
    }
  }
  if (found.length === 0 && broken) throw broken;
  return found.toSorted((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity))[0];
}

function readSwitch(host: Host, path: string): Bypass | undefined {
  if (!isThere(host, path)) return undefined;
  const { bytes } = readTrusted(host, path, WHAT, LIMIT);
  const words = new TextDecoder().decode(bytes).split("\n", 1)[0]!.trim().split(/\s+/);
  const [on, id, end, since, until] = words.map((word) => word === "-" ? undefined : word);
  if (on !== "on" && on !== "") throw failure("bypass-unreadable", { path });
  const boot = readBoot(host);
  if (id !== undefined && id !== (boot ? boot.id : id)) return undefined;
  if (hasEnded(host, boot, numberIn(end, path), numberIn(until, path))) return undefined;
  return { path, since: numberIn(since, path), until: numberIn(until, path), endsWithBoot: id !== undefined };
}

/** Tells whether the bypass has ended, by the clock that nobody sets where there is one. */
function hasEnded(host: Host, boot: Boot | undefined, end?: number, until?: number): boolean {
  if (end !== undefined && boot) return Math.floor(boot.seconds) >= end;
  return until !== undefined && until <= host.now();
}

function numberIn(word: string | undefined, path: string): number | undefined {
  if (word === undefined) return undefined;
  if (!/^\d{1,16}$/.test(word)) throw failure("bypass-unreadable", { path });
  return Number(word);
}

/** What a user may not even look at is not his switch. */
function isThere(host: Host, path: string): boolean {
  try {
    return host.lstat(path) !== undefined;
  } catch (error) {
    if (host.uid() !== 0) return false;
    throw failure("file-unreadable", { what: WHAT, path, why: systemReason(error) }, { cause: error });
  }
}

/** Settings of the switch, for switching it on. */
export interface SwitchSettings {
  /** Milliseconds; without it, until it is switched off or the host restarts. */
  duration?: number;
  /** The log in which the launcher says what it lets pass; nothing is logged without it. */
  log?: LogSettings;
}

/**
 * Switches it on, at the first place that can be written; what was there before ends.
 *
 * @returns how it stands then: an earlier one that cannot be removed may last longer
 * @throws {Failure} bypass-unwritable where no place can be written
 */
export function switchBypassOn(host: Host, settings: SwitchSettings = {}): Bypass {
  const bytes = new TextEncoder().encode(switchLine(host, settings));
  const places = bypassPlaces(host);
  const why: string[] = [];
  for (const path of places) {
    try {
      writeSwitch(host, path, bytes);
    } catch (thrown) {
      why.push(asFailure(thrown).what);
      continue;
    }
    for (const other of places) if (other !== path) discard(host, other);
    return readBypass(host)!;
  }
  throw failure("bypass-unwritable", { why });
}

function writeSwitch(host: Host, path: string, bytes: Uint8Array): void {
  makePrivateFolder(host, folderOf(path));
  replaceFile(host, path, WHAT, bytes, {
    temporary: `${path}.${host.randomToken()}`,
    mode: 0o600,
    durable: true, // A full disk may tell only then.
  });
}

function switchLine(host: Host, { duration, log }: SwitchSettings): string {
  const now = host.now();
  const boot = readBoot(host);
  const words: (string | number | undefined)[] = [
    "on",
    boot?.id,
    boot && duration !== undefined ? Math.ceil(boot.seconds + duration / 1000) : undefined,
    now,
    duration === undefined ? undefined : now + duration,
    ...log && !/[\r\n]/.test(log.file) ? [log.format, log.file] : [],
  ];
  return `${words.map((word) => word ?? "-").join(" ")}\n`;
}

/**
 * Switches it off, wherever it is.
 *
 * @throws {Failure} file-unremovable where one stays
 */
export function switchBypassOff(host: Host): void {
  let left: Failure | undefined;
  for (const path of bypassPlaces(host)) {
    try {
      if (isThere(host, path)) host.remove(path);
    } catch (error) {
      left ??= failure("file-unremovable", { path, why: systemReason(error) }, { cause: error });
    }
  }
  if (left) throw left;
}
