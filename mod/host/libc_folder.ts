/**
 * Work in a folder that was opened once: names are looked up in that folder, whatever its path leads to by now,
 * and a new file gets its owner and mode by its descriptor, before anybody can have exchanged its name.
 *
 * By libc, since Deno has no `openat`, and a path below /proc/self/fd needs a /proc.
 */
import { type Argument, basicFunctions, cString, lazyLibrary, LIBC, RESULT } from "./ffi.ts";
import type { FileStatus, NewFile, OpenFile, OpenFolder } from "./host.ts";
import { statusOf, STATX_BASIC_STATS } from "./libc_status.ts";
import { systemCall, systemCallUnlessAbsent } from "./system_error.ts";

// The numbers of these two differ between the processors; they are of the kernel's own headers.
const [O_DIRECTORY, O_NOFOLLOW] = Deno.build.arch === "aarch64" ? [0o40000, 0o100000] : [0o200000, 0o400000];
const O_WRONLY = 1, O_CREAT = 0o100, O_EXCL = 0o200, O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, AT_SYMLINK_NOFOLLOW = 0x100;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  basicFunctions();
  return lazyLibrary(LIBC, {
    openat: { parameters: ["i32", "buffer", "i32", "u32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    pread: { parameters: ["i32", "buffer", "usize", "i64"], result: RESULT.long },
    write: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    fsync: { parameters: ["i32"], result: RESULT.int },
    close: { parameters: ["i32"], result: RESULT.int },
    statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: RESULT.int },
    fchown: { parameters: ["i32", "u32", "u32"], result: RESULT.int },
    fchmod: { parameters: ["i32", "u32"], result: RESULT.int },
    renameat: { parameters: ["i32", "buffer", "i32", "buffer"], result: RESULT.int },
    unlinkat: { parameters: ["i32", "buffer", "i32"], result: RESULT.int },
  });
}

function libcFunctions() {
  return opened ??= openFunctions();
}

/** Opens a folder; undefined where none is there. @throws {SystemError} where what is on the way may not be entered */
export function openFolder(path: string): OpenFolder | undefined {
  const libc = libcFunctions();
  const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  const descriptor = systemCallUnlessAbsent(
    `open '${path}'`,
    () => libc.openat(AT_FDCWD, cString(path), flags, 0),
  );
  return descriptor === undefined ? undefined : folderAt(descriptor, path);
}

/** Looks at a path, where the functions for that are open already; undefined where that fails, for whatever reason. */
export function lstatIfOpen(path: string): FileStatus | undefined {
  if (!opened) return undefined;
  const buffer = new Uint8Array(256);
  const failed = opened.statx(AT_FDCWD, cString(path), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer) !== 0;
  return failed ? undefined : statusOf(new DataView(buffer.buffer));
}

function statusIn(
  { statx }: ReturnType<typeof openFunctions>,
  folder: number,
  name: string,
  path: string,
): FileStatus | undefined {
  const buffer = new Uint8Array(256);
  const look = () => statx(folder, cString(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer);
  const there = systemCallUnlessAbsent(`stat '${path}'`, look);
  return there === undefined ? undefined : statusOf(new DataView(buffer.buffer));
}

function folderAt(folder: number, path: string): OpenFolder {
  const libc = libcFunctions();
  const inside = (name: string) => `${path}/${name}`;

  const openIn = (name: string, flags: number, mode: number) =>
    fileAt(
      systemCall(`open '${inside(name)}'`, () => libc.openat(folder, cString(plain(name)), flags, mode)),
      inside(name),
    );

  return {
    status: () => ownStatus(folder, path),
    lstat: (name) => statusIn(libc, folder, plain(name), inside(name)),
    open: (name) => openIn(name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0),
    createNew: (name, mode) => openIn(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode),
    rename: (from, to) =>
      void systemCall(
        `rename '${inside(from)}' -> '${inside(to)}'`,
        () => libc.renameat(folder, cString(plain(from)), folder, cString(plain(to))),
      ),
    remove: (name) =>
      systemCallUnlessAbsent(
        `remove '${inside(name)}'`,
        () => libc.unlinkat(folder, cString(plain(name)), 0),
      ) !== undefined,
    [Symbol.dispose]: () => void libc.close(folder),
  };
}

/** Looks at what a descriptor leads to. */
function ownStatus(descriptor: number, path: string): FileStatus {
  const buffer = new Uint8Array(256);
  const empty = cString("");
  systemCall(
    `stat '${path}'`,
    () => libcFunctions().statx(descriptor, empty, AT_EMPTY_PATH, STATX_BASIC_STATS, buffer),
  );
  return statusOf(new DataView(buffer.buffer));
}

/** A name with a slash would leave the folder. */
function plain(name: string): string {
  if (name === "" || name === "." || name === ".." || name.includes("/")) {
    throw new Error(`${name} is no name in a folder`);
  }
  return name;
}

function fileAt(descriptor: number, path: string): NewFile & OpenFile {
  const libc = libcFunctions();
  return {
    status: () => ownStatus(descriptor, path),
    read: (buffer) =>
      systemCall(`read '${path}'`, () => libc.read(descriptor, buffer as Argument, buffer.length)) ||
      undefined,
    readAt: (buffer, offset) =>
      systemCall(
        `read '${path}'`,
        () => libc.pread(descriptor, buffer as Argument, buffer.length, BigInt(offset)),
      ),
    write(bytes) {
      for (let done = 0; done < bytes.length;) {
        const rest = bytes.subarray(done);
        done += systemCall(`write '${path}'`, () => libc.write(descriptor, rest as Argument, rest.length));
      }
    },
    sync: () => void systemCall(`fsync '${path}'`, () => libc.fsync(descriptor)),
    chown: (uid, gid) => void systemCall(`chown '${path}'`, () => libc.fchown(descriptor, uid, gid)),
    chmod: (mode) => void systemCall(`chmod '${path}'`, () => libc.fchmod(descriptor, mode)),
    [Symbol.dispose]: () => void libc.close(descriptor),
  };
}
