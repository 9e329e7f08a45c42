/**
 * What only libc can do: become another program, with what the JavaScript runtime changed put back.
 *
 * The library is opened when it is first needed; every call here is the last or nearly the last of a process.
 */
import { failure } from "../errors.ts";

/** Signal state and limits that the process was started with, as far as anybody could see them. */
export interface Inherited {
  /** Soft limit of open files; a number or "unlimited". */
  softNofile?: number | "unlimited";
  /** Whether SIGPIPE was ignored. */
  sigpipeIgnored?: boolean;
}

const SIGPIPE = 13;
const SIG_DFL = null;
const SIG_IGN = Deno.UnsafePointer.create(1n);
const RLIMIT_NOFILE = 7;
const RLIM_INFINITY = 0xffffffffffffffffn;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;

const symbols = {
  execv: { parameters: ["buffer", "buffer"], result: "i32" },
  signal: { parameters: ["i32", "pointer"], result: "pointer" },
  prlimit: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  strerror: { parameters: ["i32"], result: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

let opened: Deno.DynamicLibrary<typeof symbols>["symbols"] | undefined;

/** glibc: the only C library that Deno is published for. */
function libc() {
  return opened ??= Deno.dlopen("libc.so.6", symbols).symbols;
}

const encoder = new TextEncoder();

/**
 * Replaces this process with another program; returns only by throwing.
 *
 * The environment is the process's own, byte for byte (execv takes libc's, which nothing here changes). SIGPIPE
 * and the soft limit of open files become what they were, see {@linkcode Inherited}; everything else (pid,
 * descriptors, working folder, umask, other signals) was never touched.
 *
 * @param argv args[0] included.
 * @throws {Failure} runtime-exec
 */
export function execute(path: string, argv: readonly string[], inherited: Inherited): never {
  const { execv } = libc();
  restoreInherited(inherited);
  const texts = argv.map((text) => encoder.encode(`${text}\0`));
  const pointers = new BigUint64Array(texts.length + 1);
  texts.forEach((text, index) => pointers[index] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  execv(encoder.encode(`${path}\0`), pointers);
  throw failure("runtime-exec", { path, why: lastError() });
}

function restoreInherited(inherited: Inherited): void {
  const { signal, prlimit } = libc();
  const ignored = inherited.sigpipeIgnored ?? parentIgnoresSigpipe();
  signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL);
  if (inherited.softNofile === undefined) return;
  const limits = new BigUint64Array(2);
  prlimit(0, RLIMIT_NOFILE, null, limits);
  const soft = inherited.softNofile === "unlimited" ? RLIM_INFINITY : BigInt(inherited.softNofile);
  if (soft < limits[1]!) limits[0] = soft;
  prlimit(0, RLIMIT_NOFILE, limits, null);
}

/**
 * A compiled program cannot know what SIGPIPE was: the runtime changed it before our first line. A parent that
 * ignores it (conmon does) hands that on, unless it resets it between fork and exec.
 */
function parentIgnoresSigpipe(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(`/proc/${Deno.ppid}/status`))?.[1];
    return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(SIGPIPE - 1)) & 1n) === 1n;
  } catch {
    // No /proc, or one that hides other users' processes.
    return false;
  }
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

function lastError(): string {
  const { __errno_location, strerror } = libc();
  const location = __errno_location();
  if (!location) return "unknown reason";
  const text = strerror(new Deno.UnsafePointerView(location).getInt32());
  return text ? new Deno.UnsafePointerView(text).getCString().toLowerCase() : "unknown reason";
}
