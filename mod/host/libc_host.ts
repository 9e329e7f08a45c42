/**
 * The outside world by libc, for a process that has dropped its permissions: functions that were opened before
 * go on working, while `Deno.*` refuses whatever a plugin tries.
 */
import {
  type Argument,
  basicFunctions,
  bytesAt,
  cString,
  errno,
  LIBC,
  openLibrary,
  RESULT,
  textOf,
} from "./ffi.ts";
import type { FileStatus, FolderEntry, Host, OpenFile } from "./host.ts";
import { openFolder, openFolderFunctions } from "./libc_folder.ts";
import { kindOf, statusOf, STATX_BASIC_STATS } from "./libc_status.ts";
import { openRun } from "./libc_run.ts";
import type { processHost } from "./process.ts";
import { systemCall, SystemError } from "./system_error.ts";
import { pause } from "./timer.ts";

/** What could be asked only while there were permissions. */
export type Facts = Pick<Host, "env" | "pid" | "uid" | "cwd" | "inUserNamespace" | "stdoutIsTerminal">;

const O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0o100, O_EXCL = 0o200, O_APPEND = 0o2000, O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
const LOCK_EX = 2, LOCK_NB = 4;
const ENOENT = 2, EINTR = 4, EAGAIN = 11, EEXIST = 17, ENOTDIR = 20;
const PATH_MAX = 4096;
/** Milliseconds between two tries for a lock that others hold. */
const LOCK_PAUSE = 5;

function openFunctions() {
  return openLibrary(LIBC, {
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
    close: { parameters: ["i32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    write: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    fsync: { parameters: ["i32"], result: RESULT.int },
    statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: RESULT.int },
    readlink: { parameters: ["buffer", "buffer", "usize"], result: RESULT.long },
    realpath: { parameters: ["buffer", "buffer"], result: RESULT.long },
    opendir: { parameters: ["buffer"], result: RESULT.long },
    readdir: { parameters: ["usize"], result: RESULT.long },
    closedir: { parameters: ["usize"], result: RESULT.int },
    mkdir: { parameters: ["buffer", "u32"], result: RESULT.int },
    rename: { parameters: ["buffer", "buffer"], result: RESULT.int },
    link: { parameters: ["buffer", "buffer"], result: RESULT.int },
    symlink: { parameters: ["buffer", "buffer"], result: RESULT.int },
    remove: { parameters: ["buffer"], result: RESULT.int },
    flock: { parameters: ["i32", "i32"], result: RESULT.int },
    chmod: { parameters: ["buffer", "u32"], result: RESULT.int },
    getppid: { parameters: [], result: RESULT.int },
  });
}

/**
 * Opens everything; call it while there are permissions.
 *
 * @param parentAtStart The process that started us.
 */
export function libcHost(
  facts: Facts,
  parentAtStart: number,
): Omit<Host, "dropPermissions" | "killAfter" | "hangUp" | "readInput" | keyof typeof processHost> {
  basicFunctions();
  openFolderFunctions();
  const libc = openFunctions();
  // Plugins could exchange the global ones.
  const { crypto, Date: { now } } = globalThis;

  const system = systemCall;

  function statx(call: string, descriptor: number, path: string, flags: number): FileStatus {
    const buffer = new Uint8Array(256);
    system(call, () => libc.statx(descriptor, cString(path), flags, STATX_BASIC_STATS, buffer));
    return statusOf(new DataView(buffer.buffer));
  }

  function open(path: string, flags: number, mode: number): OpenFile {
    const descriptor = system(`open '${path}'`, () => libc.open(cString(path), flags | O_CLOEXEC, mode));
    return {
      status: () => statx(`fstat '${path}'`, descriptor, "", AT_EMPTY_PATH),
      read: (buffer) =>
        system(`read '${path}'`, () => libc.read(descriptor, buffer as Argument, buffer.length)) || undefined,
      write(bytes) {
        for (let done = 0; done < bytes.length;) {
          const rest = bytes.subarray(done);
          done += system(`write '${path}'`, () => libc.write(descriptor, rest as Argument, rest.length));
        }
      },
      sync: () => void system(`fsync '${path}'`, () => libc.fsync(descriptor)),
      [Symbol.dispose]: () => void libc.close(descriptor),
    };
  }

  function realPath(path: string): string {
    const buffer = new Uint8Array(PATH_MAX);
    system(`realpath '${path}'`, () => libc.realpath(cString(path), buffer) === 0 ? -1 : 0);
    return textOf(buffer);
  }

  function readFolder(path: string): FolderEntry[] {
    const folder = system(`opendir '${path}'`, () => libc.opendir(cString(path)) || -1);
    try {
      const entries: FolderEntry[] = [];
      for (let at = libc.readdir(folder); at !== 0; at = libc.readdir(folder)) {
        const entry = entryAt(at);
        if (entry.name !== "." && entry.name !== "..") entries.push(entry);
      }
      return entries;
    } finally {
      libc.closedir(folder);
    }
  }

  function makeFolder(path: string, mode: number): void {
    try {
      system(`mkdir '${path}'`, () => libc.mkdir(cString(path), mode));
    } catch (error) {
      const { number } = error as SystemError;
      const parent = path.slice(0, path.replace(/\/+$/, "").lastIndexOf("/"));
      if (number === EEXIST && statx(path, AT_FDCWD, path, 0).kind === "a folder") return;
      if (number !== ENOENT || parent === "") throw error;
      makeFolder(parent, mode);
      makeFolder(path, mode);
    }
  }

  async function lock(descriptor: number, wait: boolean): Promise<boolean> {
    while (libc.flock(descriptor, LOCK_EX | LOCK_NB) !== 0) {
      const number = errno();
      if (number !== EAGAIN && number !== EINTR) throw new SystemError(number, "flock");
      if (!wait) return false;
      await pause(LOCK_PAUSE);
    }
    return true;
  }

  async function lockOneOf(paths: readonly string[], mode: number): Promise<Disposable> {
    for (const path of paths) {
      const call = `open '${path}'`;
      const descriptor = system(call, () => libc.open(cString(path), O_WRONLY | O_CREAT | O_CLOEXEC, mode));
      if (await lock(descriptor, path === paths.at(-1))) {
        return { [Symbol.dispose]: () => void libc.close(descriptor) };
      }
      libc.close(descriptor);
    }
    throw new Error("no lock was named");
  }

  function writeAll(descriptor: number, content: Uint8Array | string): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.subarray(done);
      done += system("write", () => libc.write(descriptor, rest as Argument, rest.length));
    }
  }

  const twoPaths = (name: "rename" | "link" | "symlink") => (from: string, to: string) =>
    void system(`${name} '${from}' -> '${to}'`, () => libc[name](cString(from), cString(to)));

  return {
    ...facts,
    lstat: (path) => unlessAbsent(() => statx(`stat '${path}'`, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW)),
    readLink(path) {
      const buffer = new Uint8Array(PATH_MAX);
      const length = system(`readlink '${path}'`, () => libc.readlink(cString(path), buffer, buffer.length));
      return new TextDecoder().decode(buffer.subarray(0, length));
    },
    realPath: (path) => unlessAbsent(() => realPath(path)),
    open: (path) => open(path, O_RDONLY, 0),
    createNew: (path, mode) => open(path, O_WRONLY | O_CREAT | O_EXCL, mode),
    append: (path, mode) => open(path, O_WRONLY | O_APPEND | O_CREAT, mode),
    readFolder,
    makeFolder,
    openFolder,
    rename: twoPaths("rename"),
    link: twoPaths("link"),
    makeSymlink: twoPaths("symlink"),
    remove: (path) =>
      unlessAbsent(() => (system(`remove '${path}'`, () => libc.remove(cString(path))), true)) ?? false,
    lockOneOf,
    chmod: (path, mode) => void system(`chmod '${path}'`, () => libc.chmod(cString(path), mode)),
    now,
    parentPid: () => libc.getppid(),
    orphaned: () => libc.getppid() !== parentAtStart,
    randomToken: () => crypto.randomUUID().replaceAll("-", ""),
    run: openRun(),
    stdout: (bytes) => writeAll(1, bytes),
    stderr: (bytes) => writeAll(2, bytes),
  };
}

function unlessAbsent<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof SystemError && (error.number === ENOENT || error.number === ENOTDIR)) {
      return undefined;
    }
    throw error;
  }
}

/** `struct dirent`: inode, offset, length of the record, type, name. */
function entryAt(address: number): FolderEntry {
  const length = new DataView(bytesAt(address + 16, 2).buffer).getUint16(0, true);
  const record = bytesAt(address, length);
  return { name: textOf(record.subarray(19)), kind: kindOf(record[18]!) };
}
