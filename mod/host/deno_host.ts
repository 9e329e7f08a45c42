/** The real outside world, by Deno. */
import { failure } from "../errors.ts";
import { exchange } from "./exchange.ts";
import type { FileKind, FileStatus, FolderEntry, Host, OpenFile } from "./host.ts";
import { readInput } from "./input.ts";
import { invocation } from "./invocation.ts";
import { killAfter } from "./kill_timer.ts";
import { lstatIfOpen, openFolder } from "./libc_folder.ts";
import { processHost } from "./process.ts";
import { run } from "./run.ts";
import { systemReason } from "./system_reason.ts";
import { queryDatabase } from "./sqlite.ts";
import { uptime } from "./uptime.ts";

function kindOf(info: Deno.FileInfo): FileKind {
  if (info.isFile) return "a regular file";
  if (info.isDirectory) return "a folder";
  if (info.isSymlink) return "a symbolic link";
  if (info.isFifo) return "a named pipe";
  if (info.isSocket) return "a socket";
  if (info.isCharDevice) return "a character device";
  if (info.isBlockDevice) return "a block device";
  return "something unknown";
}

function statusOf(info: Deno.FileInfo): FileStatus {
  return {
    kind: kindOf(info),
    device: info.dev,
    inode: info.ino ?? 0,
    links: info.nlink ?? 1,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    mode: (info.mode ?? 0) & 0o7777,
    size: info.size,
    ...(info.isCharDevice || info.isBlockDevice ? { special: numbersOf(info.rdev ?? 0) } : {}),
    modified: info.mtime?.getTime() ?? 0,
    changed: info.ctime?.getTime() ?? 0,
  };
}

/** Takes apart what `stat` puts into one number. */
function numbersOf(device: number): { major: number; minor: number } {
  const bits = BigInt(device);
  return {
    major: Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n)),
    minor: Number((bits & 0xffn) | ((bits >> 12n) & 0xffffff00n)),
  };
}

/** The value, or undefined where nothing is at that path. */
function unlessAbsent<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

function lstat(path: string): FileStatus | undefined {
  // Why the C library's look fails is asked by a call of its own, and what V8 does in between may have changed that.
  return lstatIfOpen(path) ?? unlessAbsent(() => statusOf(Deno.lstatSync(path)));
}

class DenoFile implements OpenFile {
  constructor(private readonly file: Deno.FsFile) {}
  status = () => statusOf(this.file.statSync());
  read = (buffer: Uint8Array) => this.file.readSync(buffer) ?? undefined;
  readAt(buffer: Uint8Array, offset: number): number {
    this.file.seekSync(offset, Deno.SeekMode.Start);
    return this.file.readSync(buffer) ?? 0;
  }
  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += this.file.writeSync(bytes.subarray(done));
  }
  sync = () => this.file.syncSync();
  [Symbol.dispose] = () => this.file.close();
}

const encoder = new TextEncoder();

/** What a shell sees of a program that SIGPIPE ended. */
const STATUS_OF_SIGPIPE = 141;

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: Uint8Array | string): void {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}

function terminalWidth(): number | undefined {
  try {
    return Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever reads what a command prints may have seen enough, as `head` has: that is no failure of ours. */
function writeOut(text: Uint8Array | string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) {
      throw failure("output-unwritable", { why: (error as Error).message }, { cause: error });
    }
    Deno.exit(STATUS_OF_SIGPIPE);
  }
}

async function lockOneOf(paths: readonly string[], mode: number): Promise<Disposable> {
  for (const path of paths) {
    const file = Deno.openSync(path, { write: true, create: true, mode });
    if (file.tryLockSync(true)) return { [Symbol.dispose]: () => file.close() };
    if (path === paths.at(-1)) {
      await file.lock(true);
      return { [Symbol.dispose]: () => file.close() };
    }
    file.close();
  }
  throw new Error("no lock was named");
}

function env(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    throw failure("variable-encoding", { name }, { cause: error });
  }
}

function cwd(): string {
  if (invocation().folderIsGone) throw failure("folder-gone", {});
  try {
    return Deno.cwd();
  } catch (error) {
    throw failure("folder-unknown", { why: systemReason(error) }, { cause: error });
  }
}

const parentAtStart = Deno.ppid;

/** A process's map of users is written once. */
let namespaced: boolean | undefined;

/** The real outside world. */
export const denoHost: Host = {
  lstat,
  readLink: (path) => Deno.readLinkSync(path),
  realPath: (path) => unlessAbsent(() => Deno.realPathSync(path)),
  open: (path) => new DenoFile(Deno.openSync(path, { read: true })),
  createNew: (path, mode) => new DenoFile(Deno.openSync(path, { write: true, createNew: true, mode })),
  append: (path, mode) => new DenoFile(Deno.openSync(path, { append: true, create: true, mode })),
  readFolder: (path) =>
    [...Deno.readDirSync(path)].map((entry): FolderEntry => ({
      name: entry.name,
      kind: entry.isSymlink
        ? "a symbolic link"
        : entry.isDirectory
        ? "a folder"
        : entry.isFile
        ? "a regular file"
        : "something unknown",
    })),
  queryDatabase,
  makeFolder: (path, mode) => Deno.mkdirSync(path, { recursive: true, mode }),
  openFolder,
  rename: (from, to) => Deno.renameSync(from, to),
  exchange,
  link: (existing, path) => Deno.linkSync(existing, path),
  makeSymlink: (target, path) => Deno.symlinkSync(target, path),
  remove: (path) => unlessAbsent(() => (Deno.removeSync(path), true)) ?? false,
  lockOneOf,
  chmod: (path, mode) => Deno.chmodSync(path, mode),

  env,
  now: () => Date.now(),
  uptime,
  pid: () => Deno.pid,
  orphaned: () => Deno.ppid !== parentAtStart,
  uid: () => Deno.uid() ?? 0,
  cwd,
  randomToken: () => crypto.randomUUID().replaceAll("-", ""),
  inUserNamespace: () =>
    namespaced ??= !/^\s*0\s+0\s+4294967295\s*$/.test(Deno.readTextFileSync("/proc/self/uid_map")),

  run,
  hangUp: (pid) => Deno.kill(pid, "SIGHUP"),
  stdout: writeOut,
  stderr: (bytes) => writeAll(Deno.stderr, bytes),
  stdoutIsTerminal: () => Deno.stdout.isTerminal(),
  terminalWidth,
  readInput,

  ...processHost,
  killAfter,
};
