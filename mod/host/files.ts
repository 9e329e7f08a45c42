/**
 * Reading a file once and safely, and replacing one as a whole.
 *
 * Whatever is executed, loaded or believed is opened once without following a link, checked as opened, and
 * used as opened; it and every folder above it must belong to root and be writable by root alone. Only a folder
 * further up may be everybody's, where it is sticky: see {@linkcode isPassable}.
 */
import { failure } from "../errors.ts";
import { systemReason } from "./system_reason.ts";
import type { FileStatus, Host, OpenFile, OpenFolder } from "./host.ts";
import { folderOf, MOST_LINKS, nameOf, namesOf } from "../core/path.ts";

/** Bytes of a file and what it was when they were read. */
export interface FileContent {
  bytes: Uint8Array;
  status: FileStatus;
}

/** The content of a file in a folder that may be somebody else's. */
export interface FileInFolder extends FileContent {
  folder: FileStatus;
}

/** The uid that stands for users outside a user namespace's map; there, root's files show it. */
const OVERFLOW_UID = 65534;

/**
 * Reads a regular file without following a link at its end.
 *
 * A named pipe is never opened (it would wait for a writer), and a file that is exchanged between the look and
 * the opening is refused.
 *
 * @param what What it is, for messages: "config.json", "hooks file".
 * @param limit Bytes; a larger file is refused unread.
 * @throws {Failure} file-missing, file-kind, file-too-large, file-changed, file-unreadable
 */
export function readFile(host: Host, path: string, what: string, limit: number): FileContent {
  const { file, status } = openFile(host, path, what);
  using _file = file;
  if (status.size > limit) throw failure("file-too-large", { what, path, size: status.size, limit });
  return { bytes: attempt(what, path, () => readAll(file, status.size, limit)), status };
}

function openFile(host: Host, path: string, what: string): { file: OpenFile; status: FileStatus } {
  const before = attempt(what, path, () => host.lstat(path));
  if (!before) throw failure("file-missing", { what, path });
  refuseOtherKinds(before, what, path);
  const file = attempt(what, path, () => host.open(path));
  const status = file.status();
  if (isSame(status, before)) return { file, status };
  file[Symbol.dispose]();
  throw failure("file-changed", { what, path });
}

/**
 * Reads a file as {@linkcode readFile} does, in the folder as it was opened: a file that is written back with
 * {@linkcode FileReplacement.folder} goes where it came from.
 *
 * @throws {Failure} those of {@linkcode readFile}
 */
export function readInFolder(host: Host, path: string, what: string, limit: number): FileInFolder {
  using folder = attempt(what, path, () => host.openFolder(folderOf(path)));
  const name = nameOf(path);
  const before = attempt(what, path, () => folder?.lstat(name));
  if (!folder || !before) throw failure("file-missing", { what, path });
  refuseOtherKinds(before, what, path);
  using file = attempt(what, path, () => folder.open(name));
  const status = file.status();
  if (!isSame(status, before)) throw failure("file-changed", { what, path });
  if (status.size > limit) throw failure("file-too-large", { what, path, size: status.size, limit });
  const bytes = attempt(what, path, () => readAll(file, status.size, limit));
  return { bytes, status, folder: folder.status() };
}

/**
 * Reads a file that root alone could have written.
 *
 * @throws {Failure} untrusted, and those of {@linkcode readFile}
 */
export function readTrusted(host: Host, path: string, what: string, limit: number): FileContent {
  const content = readFile(host, path, what, limit);
  refuseUntrustedStatus(host, content.status, what, path, path);
  refuseUntrustedFolders(host, path, what);
  return content;
}

/**
 * Opens a regular file that root alone could have written, for reading it in parts.
 *
 * @throws {Failure} untrusted, file-missing, file-kind, file-changed, file-unreadable
 */
export function openTrusted(host: Host, path: string, what: string): OpenFile {
  const { file, status } = openFile(host, path, what);
  try {
    refuseUntrustedStatus(host, status, what, path, path);
    refuseUntrustedFolders(host, path, what);
    return file;
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/**
 * Checks that root alone can put anything into `folder` or exchange it.
 *
 * @throws {Failure} untrusted, file-missing
 */
export function checkFolder(host: Host, folder: string, what: string): void {
  refuseUntrustedFolders(host, `${folder}/`, what);
}

/**
 * Checks that root alone could have written the program at `path`, through all its symbolic links, and that it
 * is executable.
 *
 * @returns the path with all links resolved
 * @throws {Failure} file-missing, file-kind, untrusted, not-executable
 */
export function checkProgram(host: Host, path: string, what: string): string {
  const resolved = followTrusted(host, path, what);
  const status = host.lstat(resolved)!;
  refuseOtherKinds(status, what, path);
  if ((status.mode & 0o111) === 0) throw failure("not-executable", { what, path });
  return resolved;
}

/** Follows links one at a time: each link's folders are checked, since whoever writes there chooses its end. */
function followTrusted(host: Host, path: string, what: string, links = 0): string {
  let resolved = "";
  /** The folder that everybody may write and that only another one can be passed through to. */
  let sticky: FileStatus | undefined;
  const parts = namesOf(path);
  for (const [index, part] of parts.entries()) {
    if (part === "..") {
      resolved = resolved.slice(0, Math.max(resolved.lastIndexOf("/"), 0));
      sticky = undefined;
      continue;
    }
    const next = `${resolved}/${part}`;
    const status = attempt(what, path, () => host.lstat(next));
    if (!status) throw failure("file-missing", { what, path });
    if (sticky && !staysInSticky(host, status)) refuseUntrustedStatus(host, sticky, what, path, resolved);
    sticky = isPassable(host, status) ? status : undefined;
    if (status.kind === "a symbolic link") {
      if (links >= MOST_LINKS) {
        throw failure("file-unreadable", { what, path, why: "too many symbolic links" });
      }
      // The mode of a link says nothing; its owner and the folder that holds it do.
      refuseUntrustedStatus(host, { ...status, mode: 0o777 & ~0o022 }, what, path, next);
      const target = host.readLink(next);
      const rest = parts.slice(index + 1).join("/");
      const start = target.startsWith("/") ? target : `${resolved}/${target}`;
      return followTrusted(host, `${start}/${rest}`, what, links + 1);
    }
    if (!sticky) refuseUntrustedStatus(host, status, what, path, next);
    resolved = next;
  }
  if (sticky) refuseUntrustedStatus(host, sticky, what, path, resolved);
  return resolved || "/";
}

function refuseOtherKinds(status: FileStatus, what: string, path: string): void {
  if (status.kind !== "a regular file") throw failure("file-kind", { what, path, kind: status.kind });
}

/** Checks every folder from / down to the file's; a link among them is refused by name. */
function refuseUntrustedFolders(host: Host, path: string, what: string): void {
  let below: FileStatus | undefined;
  for (let end = path.lastIndexOf("/"); end >= 0; end = end === 0 ? -1 : path.lastIndexOf("/", end - 1)) {
    const folder = end === 0 ? "/" : path.slice(0, end);
    const status = attempt(what, path, () => host.lstat(folder));
    if (!status) throw failure("file-missing", { what, path });
    if (status.kind === "a symbolic link") {
      // /var/run and /bin are links of the system; the place that they lead to is what must hold.
      followTrusted(host, path, what);
      return;
    }
    const passed = below !== undefined && isPassable(host, status) && staysInSticky(host, below);
    if (!passed) refuseUntrustedStatus(host, status, what, path, folder);
    below = status;
  }
}

/**
 * Whether a folder that everybody may write can be on the way to another one: it is root's and sticky, as /tmp is,
 * and /run where that is a tmpfs of a container's. What lies in it is renamed and removed by its owner alone.
 */
function isPassable(host: Host, status: FileStatus): boolean {
  const everybodys = (status.mode & 0o022) !== 0 && (status.mode & 0o1000) !== 0;
  return status.kind === "a folder" && everybodys && ownedByRoot(host, status);
}

/**
 * Whether nobody else can have put this into such a folder, or take it away: a folder, which has no second name, and
 * ours for certain, not of the uid that may stand for anybody.
 */
function staysInSticky(host: Host, { kind, uid }: FileStatus): boolean {
  return kind === "a folder" && (uid === 0 || uid === host.uid());
}

function refuseUntrustedStatus(
  host: Host,
  status: FileStatus,
  what: string,
  path: string,
  part: string,
): void {
  if (!ownedByRoot(host, status)) {
    throw failure("untrusted", { what, path, part, why: `belongs to user ${status.uid}` });
  }
  if ((status.mode & 0o022) !== 0) {
    const mode = status.mode.toString(8).padStart(4, "0");
    throw failure("untrusted", {
      what,
      path,
      part,
      why: `can be written by others than root (mode ${mode})`,
      sticky: (status.mode & 0o1000) !== 0,
    });
  }
}

/** root, or rootless the user himself or the uid that stands for root outside his namespace. */
function ownedByRoot(host: Host, status: FileStatus): boolean {
  if (status.uid === 0) return true;
  const uid = host.uid();
  if (uid !== 0) return status.uid === uid;
  return status.uid === OVERFLOW_UID && host.inUserNamespace();
}

/** Grows past `size` only up to the limit: a file in /proc has size 0 and yet content. */
function readAll(file: OpenFile, size: number, limit: number): Uint8Array {
  let buffer = new Uint8Array(Math.min(size, limit) + 1);
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length > limit) throw new Error("it grew past the limit while it was read");
      const larger = new Uint8Array(Math.min(buffer.length * 2, limit + 1));
      larger.set(buffer);
      buffer = larger;
    }
    const count = file.read(buffer.subarray(length));
    if (count === undefined) return buffer.subarray(0, length);
    length += count;
  }
}

function attempt<T>(what: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw failure("file-unreadable", { what, path, why: systemReason(error) }, { cause: error });
  }
}

/** How a file is replaced. */
export interface FileReplacement {
  /** Path that it is written under, beside the file; one left over by a kill is the caller's to find. */
  temporary: string;
  uid?: number;
  gid?: number;
  mode: number;
  /** Flushed to the disk before the rename: for what must survive a power cut. */
  durable: boolean;
  /** The folder that it must still be; by default whichever the path leads to. */
  folder?: FileStatus;
}

/**
 * Writes a file beside `path` and renames it over it, so that at any moment the old or the new one is there,
 * whole. On failure nothing is left behind.
 *
 * The folder may be somebody else's: it is opened once, and the new file has its owner and mode before its name
 * is used a second time, so that whoever exchanges names gives no file of another's away.
 *
 * @throws {Failure} file-unwritable, file-changed
 */
export function replaceFile(
  host: Host,
  path: string,
  what: string,
  bytes: Uint8Array,
  how: FileReplacement,
): void {
  using folder = openFolderOf(host, path, what, how);
  writeIn(folder, path, what, bytes, how);
  try {
    folder.rename(nameOf(how.temporary), nameOf(path));
  } catch (error) {
    discardIn(folder, nameOf(how.temporary));
    throw unwritable(what, path, error);
  }
}

/**
 * Does the first half of {@linkcode replaceFile}, for a file that is looked at before it takes the place of `path`;
 * here it may be written in another folder. On failure nothing is left behind.
 *
 * @throws {Failure} file-unwritable, file-changed
 */
export function writeTemporary(
  host: Host,
  path: string,
  what: string,
  bytes: Uint8Array,
  how: FileReplacement,
): void {
  using folder = openFolderOf(host, path, what, how);
  writeIn(folder, path, what, bytes, how);
}

function openFolderOf(host: Host, path: string, what: string, how: FileReplacement): OpenFolder {
  let folder: OpenFolder | undefined;
  try {
    folder = host.openFolder(folderOf(how.temporary));
  } catch (error) {
    throw unwritable(what, path, error);
  }
  if (!folder) throw failure("file-unwritable", { what, path, why: "its folder does not exist" });
  if (how.folder === undefined || isSame(folder.status(), how.folder)) return folder;
  folder[Symbol.dispose]();
  throw failure("file-changed", { what: `folder of ${what}`, path: folderOf(path) });
}

function writeIn(
  folder: OpenFolder,
  path: string,
  what: string,
  bytes: Uint8Array,
  how: FileReplacement,
): void {
  const name = nameOf(how.temporary);
  try {
    using file = folder.createNew(name, 0o600);
    file.write(bytes);
    // chown first: it clears set-id bits, and until then nobody else can read what may be secret.
    if (how.uid !== undefined && how.gid !== undefined) file.chown(how.uid, how.gid);
    file.chmod(how.mode);
    if (how.durable) file.sync();
  } catch (error) {
    discardIn(folder, name);
    throw unwritable(what, path, error);
  }
}

function isSame(one: FileStatus, other: FileStatus): boolean {
  return one.device === other.device && one.inode === other.inode;
}

function unwritable(what: string, path: string, error: unknown): Error {
  return failure("file-unwritable", { what, path, why: systemReason(error) }, { cause: error });
}

function discardIn(folder: OpenFolder, name: string): void {
  try {
    folder.remove(name);
  } catch {
    // As in `discard`.
  }
}

/** Removes what may be there; that it cannot be removed does not matter any more. */
export function discard(host: Host, path: string): void {
  try {
    host.remove(path);
  } catch {
    // Read-only, or gone with its folder: the failure that brought us here says more.
  }
}
