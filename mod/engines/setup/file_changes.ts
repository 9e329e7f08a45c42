/**
 * Putting new texts of configuration files in place, all or none.
 *
 * Each is first written beside the file it replaces, so that the engine can judge it and the last step is a
 * rename. The real file is replaced where its name is a symbolic link.
 */
import { failure } from "../../errors.ts";
import { systemReason } from "../../host/system_reason.ts";
import { discard, writeTemporary } from "../../host/files.ts";
import type { FileStatus, Host } from "../../host/host.ts";
import type { StagedFile } from "./engine_control.ts";
import { folderOf, nameOf } from "../../core/path.ts";
import { readBytes, realPathOf } from "./engine_files.ts";

/** A file before and after; undefined: it is not there. */
export interface BytesChange {
  file: string;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
  /** Owner and mode of the new one. Default: those of the old one, or root's and 0644. */
  owner?: Owner;
}

/** Who a file belongs to, and who may read it. */
type Owner = Pick<FileStatus, "uid" | "gid" | "mode">;

const WHAT = "engine configuration";

/** Finds where the file really is that `file` names, through symbolic links, even if it does not exist yet. */
export function realPlace(host: Host, file: string): string {
  const status = statusOf(host, file);
  if (status?.kind === "a symbolic link") {
    const real = realPathOf(host, file);
    if (real === undefined) {
      throw failure("file-missing", { what: "file that a symbolic link leads to", path: file });
    }
    return real;
  }
  const folder = realPathOf(host, folderOf(file));
  return folder === undefined ? file : `${folder === "/" ? "" : folder}/${nameOf(file)}`;
}

function statusOf(host: Host, path: string): FileStatus | undefined {
  try {
    return host.lstat(path);
  } catch (cause) {
    throw failure("file-unreadable", { what: WHAT, path, why: systemReason(cause) }, { cause });
  }
}

/**
 * Gets the name of a file's successor. Engines read whatever lies in a folder such as crio.conf.d, so there it stands
 * beside the folder. It is the same each time: what a kill leaves behind is found by it.
 */
export function temporaryFor(host: Host, file: string): string {
  const real = realPlace(host, file);
  const folder = folderOf(real);
  return `${folder.endsWith(".d") ? folderOf(folder) : folder}/.${nameOf(real)}.container-hooks`;
}

/** A second name of the file that is being replaced: taking it back needs a rename and no space on the disk. */
function oldFor(host: Host, file: string): string {
  return `${temporaryFor(host, file)}.old`;
}

/** Removes what a change of `file` that did not come to its end has left behind. */
export function removeLeftOvers(host: Host, file: string): void {
  discard(host, temporaryFor(host, file));
  discard(host, oldFor(host, file));
}

/** Gets the folders of a file that are missing, the outermost first. */
export function missingFolders(host: Host, file: string): string[] {
  const missing: string[] = [];
  for (let folder = folderOf(file); realPathOf(host, folder) === undefined; folder = folderOf(folder)) {
    missing.unshift(folder);
  }
  return missing;
}

/** Changes on their way into place. */
export class FileChanges {
  /** The changes that are in place already. */
  private readonly done: BytesChange[] = [];
  /** Folders that were missing, the outermost first. */
  private readonly made: string[] = [];
  /** What the files were, so that one that was removed comes back as it was. */
  private readonly statuses: Map<string, FileStatus | undefined>;

  constructor(private readonly host: Host, private readonly changes: readonly BytesChange[]) {
    this.statuses = new Map(changes.map(({ file }) => [file, host.lstat(realPlace(host, file))]));
  }

  /** Writes the new texts beside the old ones. @throws {Failure} file-unwritable; then nothing is left behind */
  stage(): StagedFile[] {
    try {
      return this.changes.map(({ file, after, owner }) => ({ file, staged: this.write(file, after, owner) }));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /**
   * Puts the new texts in place.
   *
   * @throws {Failure} file-changed where somebody else has changed one meanwhile, file-unwritable; what is in
   * place already is taken back
   */
  commit(): void {
    try {
      for (const change of this.changes) {
        const now = readBytes(this.host, change.file);
        if (!isSame(now, change.before)) throw failure("file-changed", { what: WHAT, path: change.file });
        this.keepOld(change);
        this.place(change.file, change.after);
        this.done.push(change);
      }
    } catch (error) {
      this.discard();
      this.takeBack();
      throw error;
    }
  }

  /** Puts back what stood there before, the last change first; false where nothing was in place yet. */
  takeBack(): boolean {
    const done = this.done.splice(0).reverse();
    for (const { file, before } of done) {
      const old = oldFor(this.host, file);
      const staged = before !== undefined && this.host.lstat(old) ? old : this.write(file, before);
      this.place(file, before, staged);
    }
    return done.length > 0;
  }

  /** The new texts stay. */
  settle(): void {
    for (const { file } of this.changes) discard(this.host, oldFor(this.host, file));
  }

  /** Removes what was staged, and the folders that were made for it. */
  discard(): void {
    for (const { file } of this.changes) removeLeftOvers(this.host, file);
    // One that holds something stays.
    for (const folder of this.made.toReversed()) discard(this.host, folder);
  }

  private write(file: string, bytes: Uint8Array | undefined, owner?: Owner): string | undefined {
    const { host } = this;
    if (bytes === undefined) return undefined;
    for (const folder of missingFolders(host, file)) {
      makeFolder(host, folder);
      this.made.push(folder);
    }
    const temporary = temporaryFor(host, file);
    // A run that was killed may have left one.
    discard(host, temporary);
    const { uid, gid, mode = 0o644 } = owner ?? this.statuses.get(file) ?? {};
    writeTemporary(host, realPlace(host, file), WHAT, bytes, { temporary, durable: true, uid, gid, mode });
    return temporary;
  }

  private keepOld({ file, before }: BytesChange): void {
    const { host } = this;
    const old = oldFor(host, file);
    discard(host, old);
    if (before === undefined) return;
    try {
      host.link(realPlace(host, file), old);
    } catch {
      // A file system without second names: taking it back writes it anew.
    }
  }

  /** The one step that counts. */
  private place(
    file: string,
    bytes: Uint8Array | undefined,
    staged: string | undefined = temporaryFor(this.host, file),
  ): void {
    const { host } = this;
    const real = realPlace(host, file);
    try {
      if (bytes === undefined) host.remove(real);
      else host.rename(staged, real);
      using folder = host.open(folderOf(real));
      folder.sync();
    } catch (error) {
      throw failure("file-unwritable", { what: WHAT, path: file, why: systemReason(error) }, {
        cause: error,
      });
    }
  }
}

function makeFolder(host: Host, path: string): void {
  try {
    host.makeFolder(path, 0o755);
  } catch (error) {
    throw failure("file-unwritable", { what: "folder", path, why: systemReason(error) }, { cause: error });
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
