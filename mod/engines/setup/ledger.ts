/**
 * What was changed in the engines' configuration files, so that it can be taken back to the byte: kept in the
 * state folder, written before the files are touched and flushed to the disk.
 *
 *     engines.json     per engine and file: our runtimes, the texts we made, and what stood there before
 *     engines.lock     held by whoever changes any of them
 *     backups/SHA256   originals; with .kept behind it, what others had made of a file before we changed it again
 */
import { decodeJson, parseJsonObject } from "../../text/json/json_text.ts";
import { asFailure, failure } from "../../errors.ts";
import { discard, readTrusted, replaceFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { sha256 } from "../../core/sha256.ts";
import { makePrivateFolder, stateFolder } from "../../host/our_folders.ts";
import { areConfigurations } from "./ledger_shape.ts";

/** What stood at a file's place before the first of our changes. */
export type FileBefore = { sha256: string; uid: number; gid: number; mode: number } | "absent";

/** A file that we changed. */
export interface ChangedFile {
  /** The name by which the engine's configuration knows it. */
  file: string;
  /** Unknown where ours stood in it before there was a record, or where others changed it in between. */
  original?: FileBefore;
  /** SHA-256 of each text that we made of the original, the newest last. */
  ours: string[];
  /** Folders that were made to hold it, the outermost first. */
  folders: string[];
}

/** A runtime of ours in one configuration. */
export interface ConfiguredEntry {
  name: string;
  path: string;
  /** The default that it replaced. */
  previousDefault?: string;
  /** True where the name alone was kept for containers that have it: `path` is the runtime itself then. */
  isKeptName?: true;
}

/** What was done to the configuration of one engine. */
export interface Configured {
  engine: string;
  /** The configuration file that was named, or the engine's default. */
  file: string;
  entries: ConfiguredEntry[];
  files: ChangedFile[];
}

const VERSION = 1;
/** Bytes. */
const LIMIT = 4 * 1024 * 1024;

/** The ending of a copy's name that is no original. */
const KEPT = ".kept";

/** Milliseconds after which somebody who waits is told what for. */
const PATIENCE = 1000;

const NAME = "engines.json";
const WHAT = "record of engine configurations";

/** The record on the disk, while the lock is held. */
export class Ledger {
  private constructor(
    private readonly host: Host,
    private readonly folder: string,
    private all: readonly Configured[],
  ) {}

  /**
   * Takes the lock, waiting for whoever has it, and gives the record to `action`.
   *
   * @throws {Failure} file-unwritable, untrusted
   */
  static async locked<T>(host: Host, action: (ledger: Ledger) => Promise<T>): Promise<T> {
    const folder = stateFolder(host);
    makePrivateFolder(host, folder);
    makePrivateFolder(host, `${folder}/backups`);
    using _ = await takeLock(host, folder);
    const ledger = new Ledger(host, folder, readAll(host, folder));
    ledger.sweep();
    return await action(ledger);
  }

  /** What is on record about one configuration. */
  of(engine: string, file: string): Configured | undefined {
    return this.all.find((one) => one.engine === engine && one.file === file);
  }

  /** Replaces what is on record about one configuration; undefined: nothing of ours is left there. */
  write(engine: string, file: string, configured: Configured | undefined): void {
    const others = this.all.filter((one) => one.engine !== engine || one.file !== file);
    const configurations = configured ? [...others, configured] : others;
    const path = `${this.folder}/${NAME}`;
    const temporary = `${path}.new`;
    discard(this.host, temporary);
    const text = `${JSON.stringify({ version: VERSION, configurations }, null, 2)}\n`;
    replaceFile(this.host, path, WHAT, new TextEncoder().encode(text), {
      temporary,
      mode: 0o600,
      durable: true,
    });
    this.all = configurations;
  }

  /**
   * Keeps a copy of `bytes`; twice the same is kept once.
   *
   * @param forGood False for an original, whose copy goes when nothing on record is made of it any more.
   * @returns its path
   */
  async keep(bytes: Uint8Array, forGood: boolean): Promise<string> {
    const path = backupPath(this.folder, await sha256(bytes)) + (forGood ? KEPT : "");
    if (this.host.lstat(path) !== undefined) return path;
    const how = { temporary: `${path}.new`, mode: 0o600, durable: true };
    replaceFile(this.host, path, "backup", bytes, how);
    return path;
  }

  /** What was kept. @throws {Failure} file-missing, untrusted */
  kept(hash: string): Uint8Array {
    return readBackup(this.host, hash);
  }

  /** Removes the copies that nothing on record is made of, and what a kill left half-written. */
  sweep(): void {
    const needed = new Set(
      this.all.flatMap(({ files }) =>
        files.flatMap(({ original }) => typeof original === "object" ? [original.sha256] : [])
      ),
    );
    for (const { name } of this.host.readFolder(`${this.folder}/backups`)) {
      if (!needed.has(name) && !name.endsWith(KEPT)) discard(this.host, `${this.folder}/backups/${name}`);
    }
  }
}

/** Somebody else's change ends with that of an engine, which may take it a minute to start. */
async function takeLock(host: Host, folder: string): Promise<Disposable> {
  const path = `${folder}/engines.lock`;
  const timer = setTimeout(() => {
    host.stderr(
      `container-hooks: waiting for another configure or unconfigure to end, which holds ${path}\n`,
    );
  }, PATIENCE);
  try {
    return await host.lockOneOf([path], 0o600);
  } finally {
    clearTimeout(timer);
  }
}

/** What is on record about every configuration, for whoever only looks. */
export function readLedger(host: Host): readonly Configured[] {
  return readAll(host, stateFolder(host));
}

/** What is on record about one configuration, for whoever only looks. */
export function recordOf(host: Host, engine: string, file: string): Configured | undefined {
  return readLedger(host).find((one) => one.engine === engine && one.file === file);
}

/** What was kept of a file. @throws {Failure} file-missing, untrusted */
export function readBackup(host: Host, hash: string): Uint8Array {
  return readTrusted(host, backupPath(stateFolder(host), hash), "backup", LIMIT).bytes;
}

function backupPath(folder: string, hash: string): string {
  return `${folder}/backups/${hash}`;
}

function readAll(host: Host, folder: string): readonly Configured[] {
  const path = `${folder}/${NAME}`;
  if (host.lstat(path) === undefined) return [];
  const { version, configurations } = parse(path, readTrusted(host, path, WHAT, LIMIT).bytes);
  if (version !== VERSION || !areConfigurations(configurations)) {
    throw failure("engine-record", { path, why: `it is not a record of version ${VERSION}` });
  }
  return configurations as Configured[];
}

function parse(path: string, bytes: Uint8Array): Partial<Record<string, unknown>> {
  try {
    return parseJsonObject(decodeJson(bytes, "it"), "it").value;
  } catch (thrown) {
    throw failure("engine-record", { path, why: asFailure(thrown).what }, { cause: thrown });
  }
}
