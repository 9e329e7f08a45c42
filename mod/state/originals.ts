/**
 * What config.json of a plain bundle was before we wrote it, on the disk: a bundle outlives the journal, which goes
 * with the power, and what is used again must not be edited on top of our own edits.
 *
 *     STATE/bundles/SHA256-OF-PATH/SHA256-OF-WRITTEN-TEXT.json
 *
 * A record counts for the very text that we wrote at the very path, and lies where root alone can write: whoever
 * owns a bundle can neither make one nor have another text taken for ours. Engines write config.json anew for each
 * create, so their bundles have none. Not flushed to the disk, as config.json is not.
 */
import { sha256 } from "../core/sha256.ts";
import { asFailure, failure } from "../errors.ts";
import { discardTree } from "../host/discard_tree.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, stateFolder } from "../host/our_folders.ts";
import type { TextPatch } from "../text/json/json_text.ts";
import { findWritten, type JournalEntry } from "./journal.ts";

/** A record that gives an original back. */
export interface Original {
  /** SHA-256 of the original. */
  before: string;
  /** What turns the written text back into it. */
  inverse: TextPatch[];
}

/** The record as it is written down. */
interface OriginalRecord extends Original {
  format: 1;
  /** The path of config.json. */
  path: string;
}

/** Name of their folder in the state folder. */
export const BUNDLES = "bundles";
const WHAT = "record of a bundle's original";
/** Bytes. */
const LIMIT = 64 * 1024 * 1024;
/** Milliseconds after which a record goes whose config.json is not there: its disk may be away for a while. */
const KEPT = 7 * 24 * 60 * 60_000;
/** Bundles that one sweep looks at. */
const BATCH = 64;

function folderOf(host: Host): string {
  return `${stateFolder(host)}/${BUNDLES}`;
}

async function recordsOf(host: Host, path: string): Promise<string> {
  return `${folderOf(host)}/${await sha256(path)}`;
}

/**
 * What was at a path before we wrote this very text there; undefined where we did not.
 *
 * @param after SHA-256 of the text.
 * @throws {Failure} untrusted, and the file-* of reading the journal
 */
export async function findOriginal(host: Host, path: string, after: string): Promise<Original | undefined> {
  const entry = await findWritten(host, path, after);
  if (entry) return entry.config;
  return readRecord(host, `${await recordsOf(host, path)}/${after}.json`, path);
}

/** A record that a kill or a power cut has cut short is none. @throws {Failure} untrusted, file-unreadable */
function readRecord(host: Host, file: string, path?: string): OriginalRecord | undefined {
  if (!host.lstat(file)) return undefined;
  const { bytes } = readTrusted(host, file, WHAT, LIMIT);
  try {
    const record: OriginalRecord = JSON.parse(new TextDecoder().decode(bytes));
    const isMeant = record.format === 1 && Array.isArray(record.inverse) &&
      record.path === (path ?? record.path);
    return isMeant ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes down what a plain bundle was, before its config.json is written.
 *
 * @throws {Failure} file-unwritable
 */
export async function keepOriginal(host: Host, { config }: JournalEntry): Promise<void> {
  const { path, before, after, inverse } = config;
  const folder = await recordsOf(host, path);
  const file = `${folder}/${after}.json`;
  if (before === after || readRecord(host, file, path)) return;
  makePrivateFolder(host, folder);
  const record: OriginalRecord = { format: 1, path, before, inverse };
  replaceFile(host, file, WHAT, new TextEncoder().encode(`${JSON.stringify(record)}\n`), {
    temporary: `${folder}/.new-${host.randomToken()}`,
    mode: 0o600,
    durable: false,
  });
}

/**
 * Forgets a text of ours that was replaced.
 *
 * @param text SHA-256 of it.
 */
export async function forgetOriginal(host: Host, path: string, text: string): Promise<void> {
  const folder = await recordsOf(host, path);
  if (!host.lstat(folder)) return;
  discard(host, `${folder}/${text}.json`);
  // Goes only where nothing is left in it.
  discard(host, folder);
}

/** Paths of config.json that have a record. @throws {Failure} journal-unreadable */
export function pathsOnRecord(host: Host): string[] {
  const paths = folders(host).flatMap((folder) => recordIn(host, folder)?.path ?? []);
  return [...new Set(paths)];
}

function folders(host: Host): string[] {
  const folder = folderOf(host);
  try {
    return host.lstat(folder) ? host.readFolder(folder).map(({ name }) => `${folder}/${name}`) : [];
  } catch (error) {
    const why = asFailure(error).what;
    throw failure("journal-unreadable", { path: folder, why }, { cause: error });
  }
}

/** Any of a folder: all are about one path. */
function recordIn(host: Host, folder: string): OriginalRecord | undefined {
  const files = host.readFolder(folder).map(({ name }) => `${folder}/${name}`);
  return files.map((file) => readRecord(host, file)).find((record) => record !== undefined);
}

/** Removes records of bundles that have been gone for long, a few at a time. */
export function sweepOriginals(host: Host): void {
  const all = folders(host);
  const start = Math.floor(Math.random() * Math.max(all.length - BATCH + 1, 1));
  for (const folder of all.slice(start, start + BATCH)) {
    const record = recordIn(host, folder);
    if (record && host.lstat(record.path)) continue;
    if ((host.lstat(folder)?.changed ?? 0) < host.now() - KEPT) discardTree(host, folder);
  }
}
