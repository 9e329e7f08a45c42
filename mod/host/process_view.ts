/**
 * Another process of this machine, as /proc tells it: everything read through one open folder, so that a process
 * which takes over the number meanwhile is never mistaken for it.
 */
import { cString, errno, errorText, LIBC, openLibrary, RESULT, textOf } from "./ffi.ts";
import { pause } from "./timer.ts";

/** What decides whether two processes see the same machine and may do the same there. */
export interface Standing {
  /** Real, effective, saved and file system user. */
  uids: string;
  /** CapEff and CapBnd, as hexadecimal digits. */
  capabilities: string;
  /** Of each kind of namespace, its identity: "mnt:[4026531841]". */
  namespaces: string;
  /** Device and inode of its root folder. */
  root: string;
}

/** A process that was looked at. */
export interface ProcessView extends Disposable {
  /** Device and inode of what descriptor `number` leads to; undefined where it is not open. */
  descriptor(number: number): string | undefined;
  /** @throws where it is gone */
  standing(): Standing;
  /** Its arguments, args[0] included. @throws where it is gone, or one is not UTF-8 */
  args(): string[];
  /** The variables that it was started with; of one that stands twice, the first. @throws where it is gone */
  environment(): ReadonlyMap<string, string>;
  /** Its working folder; undefined where that was removed. */
  cwd(): string | undefined;
  /** Opens what descriptor `number` reads, of which nothing is read by that; undefined where it is no pipe. */
  input(number: number): InputPipe | undefined;
}

/** A pipe that another process would read, read in its place. Dispose of it. */
export interface InputPipe extends Disposable {
  /**
   * Reads to the end.
   *
   * @param limit Bytes; more than these are not read, and what is returned is longer than the limit.
   * @param timeout Milliseconds.
   * @returns undefined where it did not end within the time
   * @throws what the system says where it cannot be read
   */
  read(limit: number, timeout: number): Promise<Uint8Array | undefined>;
}

const O_PATH = 0o10000000, O_DIRECTORY = 0o200000, O_CLOEXEC = 0o2000000, O_NONBLOCK = 0o4000;
const EAGAIN = 11;
/** Milliseconds between two looks at a pipe that has nothing to read yet. */
const NEXT_LOOK = 2;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Of variables, some of which may be anything, only ours are looked at. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Device and inode of a file, as {@linkcode ProcessView.descriptor} tells them; undefined where it is not there. */
export function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  return openLibrary(LIBC, {
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
    close: { parameters: ["i32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    readlink: { parameters: ["buffer", "buffer", "usize"], result: RESULT.long },
  });
}

function libc() {
  return opened ??= openFunctions();
}

/** Looks at the process `pid`; undefined where there is none. */
export function viewProcess(pid: number): ProcessView | undefined {
  const folder = libc().open(cString(`/proc/${pid}`), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (folder < 0) return undefined;
  const path = `/proc/self/fd/${folder}`;
  return {
    descriptor: (number) => fileIdentity(`${path}/fd/${number}`),
    standing: () => standingOf(path),
    args: () => wordsIn(`${path}/cmdline`, decoder),
    environment: () => {
      const variables = new Map<string, string>();
      for (const word of wordsIn(`${path}/environ`, lenient)) {
        const [name, value] = cutAt(word, "=");
        if (!variables.has(name)) variables.set(name, value);
      }
      return variables;
    },
    cwd: () => {
      const cwd = linkText(`${path}/cwd`);
      // A folder that was removed has no path any more; the kernel says so behind the old one.
      if (cwd === undefined || fileIdentity(cwd) !== fileIdentity(`${path}/cwd`)) return undefined;
      return cwd;
    },
    input: (number) => openInput(`${path}/fd/${number}`),
    [Symbol.dispose]: () => void libc().close(folder),
  };
}

/** Only a pipe: what was read of it once, nobody else can read again, and opening it does nothing. */
function openInput(path: string): InputPipe | undefined {
  if (!isPipe(path)) return undefined;
  // An open file of our own: whether it waits is not the caller's business.
  const descriptor = libc().open(cString(path), O_NONBLOCK | O_CLOEXEC, 0);
  if (descriptor < 0) return undefined;
  const close = () => void libc().close(descriptor);
  if (isPipe(`/proc/self/fd/${descriptor}`)) {
    return { read: (limit, timeout) => readAll(descriptor, limit, timeout), [Symbol.dispose]: close };
  }
  close();
  return undefined;
}

function isPipe(path: string): boolean {
  try {
    return Deno.statSync(path).isFifo === true;
  } catch {
    return false;
  }
}

async function readAll(descriptor: number, limit: number, timeout: number): Promise<Uint8Array | undefined> {
  const until = performance.now() + timeout;
  let all = new Uint8Array(64 * 1024);
  let length = 0;
  while (length <= limit) {
    if (length === all.length) {
      const larger = new Uint8Array(all.length * 2);
      larger.set(all);
      all = larger;
    }
    const rest = all.subarray(length);
    const count = libc().read(descriptor, rest, rest.length);
    if (count === 0) break;
    if (count > 0) length += count;
    else if (errno() !== EAGAIN) throw new Error(errorText(errno()).toLowerCase());
    else if (performance.now() > until) return undefined;
    else await pause(NEXT_LOOK);
  }
  return all.subarray(0, length);
}

function wordsIn(path: string, decoder: TextDecoder): string[] {
  return decoder.decode(Deno.readFileSync(path)).split("\0").slice(0, -1);
}

function cutAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** This process's own. */
export function ownStanding(): Standing {
  return standingOf("/proc/self");
}

function standingOf(path: string): Standing {
  const status = Deno.readTextFileSync(`${path}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
  const kinds = [...Deno.readDirSync("/proc/self/ns")].map(({ name }) => name)
    // What a process's children will be in is not where it is itself.
    .filter((name) => !name.endsWith("_for_children"));
  return {
    uids: field("Uid"),
    capabilities: `${field("CapEff")} ${field("CapBnd")}`,
    namespaces: kinds.sort().map((kind) => linkText(`${path}/ns/${kind}`) ?? `no ${kind}`).join(" "),
    root: fileIdentity(`${path}/root`) ?? "",
  };
}

/** By libc: Deno's own asks for a permission of what the link leads to, and takes eight times as long. */
function linkText(path: string): string | undefined {
  const text = new Uint8Array(4096);
  const length = libc().readlink(cString(path), text, text.length - 1);
  return length < 0 ? undefined : textOf(text);
}
