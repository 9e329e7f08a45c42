/**
 * What was installed, kept beside the program's state.
 *
 * It is written before the first change, with all that is there and all that will be, and once more when the
 * change is complete: whatever a kill leaves behind is on record.
 */
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";
import { asFailure, failure } from "../errors.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { BIN, LAUNCHER, RECORD, temporaryOf } from "./places.ts";

/** One thing that an installation is made of. */
export type InstalledItem = FolderItem | FileItem | LinkItem | VersionItem;

/** A folder, which goes when it is empty. */
export interface FolderItem {
  kind: "folder";
  path: string;
  mode: number;
}

/** A file with a text of ours. */
export interface FileItem {
  kind: "file";
  path: string;
  mode: number;
  sha256: string;
  /** The runtime in front of which a launcher stands. */
  runtime?: string;
}

/** A symbolic link. */
export interface LinkItem {
  kind: "link";
  path: string;
  target: string;
}

/** The folder of one version of the program, which goes as a whole. */
export interface VersionItem {
  kind: "version";
  path: string;
  mode: number;
  /** The SHA-256 of the program's file in it. */
  sha256: string;
  /** That of the script which its hooks call; versions from before it have none. */
  hook?: string;
}

/** An installation on record. */
export interface InstallRecord {
  format: 1;
  /** "changing": an installing or uninstalling is at work, or was killed. */
  state: "whole" | "changing";
  /** The version of the program. */
  version: string;
  /** Folder of the version that is in force. */
  program: string;
  /** The folder of commands and launchers; of records without it, {@linkcode BIN}. */
  bin?: string;
  /** false: whoever installed it wants no service. */
  service?: false;
  items: InstalledItem[];
}

/** Bytes; a hundred items need a hundredth of it. */
const LIMIT = 1024 * 1024;

const WHAT = "record of the installation";

/**
 * Gets the installation on record; undefined where there is none.
 *
 * @throws {Failure} install-record where it cannot be understood; newer-format; untrusted where it is not root's alone
 */
export function readRecord(host: Host): InstallRecord | undefined {
  if (!host.lstat(RECORD)) return undefined;
  const { bytes } = readTrusted(host, RECORD, WHAT, LIMIT);
  const value = parse(bytes);
  if (typeof value.format === "number" && value.format > 1) {
    throw failure("newer-format", { what: `the ${WHAT}`, path: RECORD, format: value.format });
  }
  if (value.format !== 1 || !Array.isArray(value.items) || !value.items.every(isItem)) {
    throw failure("install-record", { path: RECORD, why: "it is not a record of format 1" });
  }
  if (value.bin !== undefined && !isPlace(value.bin)) {
    throw failure("install-record", { path: RECORD, why: "its folder of commands is none" });
  }
  return value as unknown as InstallRecord;
}

function parse(bytes: Uint8Array): Partial<Record<string, unknown>> {
  try {
    return parseJsonObject(decodeJson(bytes, "it"), "it").value;
  } catch (thrown) {
    throw failure("install-record", { path: RECORD, why: asFailure(thrown).what }, { cause: thrown });
  }
}

/** What is removed by it must be a place below the root, whoever wrote it. */
function isItem(value: unknown): boolean {
  const { kind, path } = value as Partial<InstalledItem>;
  return ["folder", "file", "link", "version"].includes(kind!) && isPlace(path);
}

function isPlace(path: unknown): boolean {
  return typeof path === "string" && /^(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/.test(path);
}

/** Writes the record of an installation. @throws {Failure} file-unwritable */
export function writeRecord(host: Host, record: InstallRecord): void {
  discard(host, temporaryOf(RECORD)); // Of one that was killed.
  replaceFile(host, RECORD, WHAT, new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`), {
    temporary: temporaryOf(RECORD),
    mode: 0o600,
    durable: true,
  });
}

/** Items of one path may differ while one version replaces another; equal ones count once. */
export function allItems(...lists: readonly (readonly InstalledItem[])[]): InstalledItem[] {
  return [...new Map(lists.flat().map((item) => [JSON.stringify(item), item])).values()];
}

/** Gets the folder of commands and launchers of an installation, or of none. */
export function binOf(record: InstallRecord | undefined): string {
  return record?.bin ?? BIN;
}

/** Gets the launcher that engines are told of, unless somebody names another. */
export function firstLauncher(record: InstallRecord | undefined): string {
  return `${binOf(record)}/${LAUNCHER}`;
}
