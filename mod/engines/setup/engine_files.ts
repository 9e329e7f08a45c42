/** Reading the engines' configuration files, through all their symbolic links. */
import { failure } from "../../errors.ts";
import { readTrusted } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";

/** Bytes of a configuration file; far more than anybody writes. */
const LIMIT = 4 * 1024 * 1024;

const WHAT = "engine configuration";

/**
 * Reads a configuration file's text.
 *
 * @returns undefined where there is none
 * @throws {Failure} untrusted where others than root could have written it, file-unreadable, json-encoding
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

/** Reads a configuration file's bytes. */
export function readBytes(host: Host, file: string): Uint8Array | undefined {
  const real = realPathOf(host, file);
  return real === undefined ? undefined : readTrusted(host, real, WHAT, LIMIT).bytes;
}

/** Names of the files in a folder; none where there is no folder. @throws {Failure} file-unreadable */
export function namesIn(host: Host, folder: string): string[] {
  const real = realPathOf(host, folder);
  if (real === undefined) return [];
  const entries = attempt(real, () => host.readFolder(real));
  return entries.filter(({ kind }) => kind !== "a folder").map(({ name }) => name);
}

/**
 * Finds where a path leads; undefined where nothing is.
 *
 * @throws {Failure} file-unreadable: links that lead in a circle, a folder that this user may not enter
 */
export function realPathOf(host: Host, path: string): string | undefined {
  return attempt(path, () => host.realPath(path));
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw failure("file-unreadable", { what: WHAT, path, why: systemReason(cause) }, { cause });
  }
}
