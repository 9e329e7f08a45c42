/**
 * The process that we are, as far as only libc can change it: it becomes another program, with what the JavaScript
 * runtime changed put back, and keeps its descriptors to itself until then.
 *
 * Each function of the library is opened when it is first called; every call here is the last or nearly the last of a
 * process. What was opened goes on working without permissions, as in the child that reads a manifest.
 */
import { failure } from "../errors.ts";
import {
  basicFunctions,
  cString,
  cStrings,
  errno,
  errorText,
  lazyLibrary,
  LIBC,
  openLibrary,
  RESULT,
  textOf,
} from "./ffi.ts";
import type { Host } from "./host.ts";
import { killRunning } from "./run.ts";
import { type Inherited, invocation } from "./invocation.ts";

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
  return lazyLibrary(LIBC, {
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
    umask: { parameters: ["u32"], result: RESULT.int },
    unsetenv: { parameters: ["buffer"], result: RESULT.int },
  });
}

function libc() {
  return opened ??= openFunctions();
}

function execute(path: string, argv: readonly string[]): never {
  const { execv } = libc();
  basicFunctions();
  killRunning();
  restoreInherited(invocation().inherited ?? {});
  execv(cString(path), cStrings(argv));
  throw failure("runtime-exec", { path, why: errorText(errno()).toLowerCase() });
}

/** execv takes the environment of libc, which is Deno's too. */
function setEnv(name: string, value: string | undefined): void {
  const { setenv, unsetenv } = libc();
  if (value === undefined) unsetenv(cString(name));
  else setenv(cString(name), cString(value), 1);
}

function restoreInherited(inherited: Inherited): void {
  const { signal, prlimit, umask } = libc();
  const ignored = inherited.sigpipeIgnored ?? parentIgnoresSigpipe();
  signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL);
  if (inherited.umask !== undefined) umask(inherited.umask);
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

/** "" without /proc, or with one that hides other users' processes. */
function readStatus(pid: number): string {
  const { open, read, close } = libc();
  const descriptor = open(cString(`/proc/${pid}/status`), O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return "";
  const buffer = new Uint8Array(8192);
  read(descriptor, buffer, buffer.length);
  close(descriptor);
  return textOf(buffer);
}

function withholdDescriptors(): () => void {
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

function openEnd(): (status: number) => never {
  const { _exit } = openLibrary(LIBC, { _exit: { parameters: ["i32"], result: RESULT.int } });
  return (status) => {
    killRunning();
    _exit(status);
    throw new Error("_exit returned");
  };
}

function endWithParent(parent: number): void {
  const { prctl, getppid } = libc();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() !== parent) throw failure("parent-gone", {});
}

function writeTo(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  libc().write(descriptor, bytes, bytes.length);
}

/** The part of the outside world that is this process itself. */
export const processHost: Pick<
  Host,
  "execute" | "setEnv" | "withholdDescriptors" | "endWithParent" | "openEnd" | "writeTo"
> = { execute, setEnv, withholdDescriptors, endWithParent, openEnd, writeTo };
