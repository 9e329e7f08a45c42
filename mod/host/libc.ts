/**
 * What only libc can do: become another program, with what the JavaScript runtime changed put back.
 *
 * The library is opened when it is first needed; every call here is the last or nearly the last of a process.
 * All of it works after permissions were dropped, if `withholdDescriptors` was called before.
 */
import { failure } from "../errors.ts";
import {
  basicFunctions,
  cString,
  cStrings,
  errno,
  errorText,
  LIBC,
  openLibrary,
  RESULT,
  textOf,
} from "./ffi.ts";

/** Signal state and limits that the process was started with, as far as anybody could see them. */
export interface Inherited {
  /** Soft limit of open files; a number or "unlimited". */
  softNofile?: number | "unlimited";
  /** Whether SIGPIPE was ignored. */
  sigpipeIgnored?: boolean;
}

const SIGPIPE = 13;
const SIG_DFL = 0;
const SIG_IGN = 1;
const RLIMIT_NOFILE = 7;
const RLIM_INFINITY = 0xffffffffffffffffn;
const O_RDONLY = 0;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  basicFunctions();
  return openLibrary(LIBC, {
    execv: { parameters: ["buffer", "buffer"], result: RESULT.int },
    signal: { parameters: ["i32", "usize"], result: RESULT.long },
    prlimit: { parameters: ["i32", "i32", "buffer", "buffer"], result: RESULT.int },
    fcntl: { parameters: ["i32", "i32", "i32"], result: RESULT.int },
    getppid: { parameters: [], result: RESULT.int },
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    close: { parameters: ["i32"], result: RESULT.int },
    write: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    prctl: { parameters: ["i32", "usize"], result: RESULT.int },
    setenv: { parameters: ["buffer", "buffer", "i32"], result: RESULT.int },
    unsetenv: { parameters: ["buffer"], result: RESULT.int },
  });
}

function libc() {
  return opened ??= openFunctions();
}

/**
 * Replaces this process with another program; returns only by throwing.
 *
 * The environment is the process's own, byte for byte (execv takes libc's, which {@linkcode setVariable} alone
 * changes). SIGPIPE and the soft limit of open files become what they were, see {@linkcode Inherited}; everything else (pid,
 * descriptors, working folder, umask, other signals) was never touched.
 *
 * @param argv args[0] included.
 * @throws {Failure} runtime-exec
 */
export function execute(path: string, argv: readonly string[], inherited: Inherited): never {
  const { execv } = libc();
  restoreInherited(inherited);
  execv(cString(path), cStrings(argv));
  throw failure("runtime-exec", { path, why: errorText(errno()).toLowerCase() });
}

/** Sets a variable for the program that {@linkcode execute} becomes; undefined removes it. */
export function setVariable(name: string, value: string | undefined): void {
  const { setenv, unsetenv } = libc();
  if (value === undefined) unsetenv(cString(name));
  else setenv(cString(name), cString(value), 1);
}

function restoreInherited(inherited: Inherited): void {
  const { signal, prlimit } = libc();
  const ignored = inherited.sigpipeIgnored ?? parentIgnoresSigpipe();
  signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL);
  if (inherited.softNofile === undefined) return;
  const limits = new BigUint64Array(2);
  const bytes = new Uint8Array(limits.buffer);
  prlimit(0, RLIMIT_NOFILE, null, bytes);
  const soft = inherited.softNofile === "unlimited" ? RLIM_INFINITY : BigInt(inherited.softNofile);
  if (soft < limits[1]!) limits[0] = soft;
  prlimit(0, RLIMIT_NOFILE, bytes, null);
}

/**
 * A compiled program cannot know what SIGPIPE was: the runtime changed it before our first line. A parent that
 * ignores it (conmon does) hands that on, unless it resets it between fork and exec.
 */
function parentIgnoresSigpipe(): boolean {
  const status = readStatus(libc().getppid());
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(SIGPIPE - 1)) & 1n) === 1n;
}

/** By libc, since permissions may be gone; "" without /proc, or with one that hides other users' processes. */
function readStatus(pid: number): string {
  const { open, read, close } = libc();
  const descriptor = open(cString(`/proc/${pid}/status`), O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return "";
  const buffer = new Uint8Array(8192);
  read(descriptor, buffer, buffer.length);
  close(descriptor);
  return textOf(buffer);
}

/**
 * Marks every inherited descriptor above 2 so that programs which are started from here do not get it.
 *
 * @returns what takes the marks back, for the moment before {@linkcode execute}
 */
export function withholdDescriptors(): () => void {
  const { fcntl } = libc();
  const withheld = inheritedDescriptors();
  for (const descriptor of withheld) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return () => {
    for (const descriptor of withheld) fcntl(descriptor, F_SETFD, 0);
  };
}

function inheritedDescriptors(): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${name}`))?.[1];
      if (flags !== undefined && (parseInt(flags, 8) & O_CLOEXEC) === 0) found.push(descriptor);
    } catch {
      // The descriptor of the listing itself, closed by now.
    }
  }
  return found;
}

/**
 * Has the kernel end this process as soon as `parent`, which started it, is gone: by whatever, SIGKILL too.
 *
 * @throws {Failure} parent-gone where it is gone already
 */
export function endWithParent(parent: number): void {
  const { prctl, getppid } = libc();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() !== parent) throw failure("parent-gone", {});
}

/** Writes a short text to an inherited descriptor; that nobody reads it does not matter. */
export function writeTo(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  libc().write(descriptor, bytes, bytes.length);
}
