/**
 * Starting a program in a session of its own, by posix_spawn: what Deno has for that (`detached`) copies the tables of
 * this process's memory first, 3 ms in a process of 100 MB.
 *
 * Its output comes through pipes that a thread of the pool waits at, one for both: the wait has an end, so that a
 * child that keeps a pipe open for ever keeps no thread.
 */
import { cString, cStrings, LIBC, openLibrary, RESULT } from "./ffi.ts";
import type { Command } from "./host.ts";
import { systemCall, SystemError } from "./system_error.ts";

const O_RDONLY = 0, O_CLOEXEC = 0o2000000, O_NONBLOCK = 0o4000;
const F_SETFL = 4, MFD_CLOEXEC = 1;
const POLLIN = 1;
const WNOHANG = 1;
const SIGPIPE = 13;
/** Flags of `posix_spawnattr_setflags`: which of the attributes count. */
const SETSIGDEF = 0x04, SETSIGMASK = 0x08, SETSID = 0x80;
/** Bytes, and more than the C library's own: of the attributes, of the actions, of a set of signals. */
const ATTRIBUTES_SIZE = 512, ACTIONS_SIZE = 256, SIGNALS_SIZE = 128;
const BUFFER_SIZE = 65536;

const buffers = (count: number) => Array.from({ length: count }, () => "buffer" as const);

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  return {
    ...openLibrary(LIBC, {
      posix_spawn: { parameters: buffers(6), result: RESULT.int },
      posix_spawnattr_init: { parameters: buffers(1), result: RESULT.int },
      posix_spawnattr_setflags: { parameters: ["buffer", "i32"], result: RESULT.int },
      posix_spawnattr_setsigdefault: { parameters: buffers(2), result: RESULT.int },
      posix_spawn_file_actions_init: { parameters: buffers(1), result: RESULT.int },
      posix_spawn_file_actions_destroy: { parameters: buffers(1), result: RESULT.int },
      posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: RESULT.int },
      posix_spawn_file_actions_addopen: {
        parameters: ["buffer", "i32", "buffer", "i32", "u32"],
        result: RESULT.int,
      },
      posix_spawn_file_actions_addchdir_np: { parameters: buffers(2), result: RESULT.int },
      memfd_create: { parameters: ["buffer", "u32"], result: RESULT.int },
      pipe2: { parameters: ["buffer", "i32"], result: RESULT.int },
      fcntl: { parameters: ["i32", "i32", "i32"], result: RESULT.int },
      pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: RESULT.long },
      read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
      close: { parameters: ["i32"], result: RESULT.int },
      waitpid: { parameters: ["i32", "buffer", "i32"], result: RESULT.int },
    }),
    ...Deno.dlopen(LIBC, {
      pollInPool: { name: "poll", parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
      waitInPool: {
        name: "waitpid",
        parameters: ["i32", "buffer", "i32"],
        result: "i32",
        nonblocking: true,
      },
    }).symbols,
  };
}

/** The functions; undefined with glibc before 2.29, which cannot say in which folder a program starts. */
function functions() {
  try {
    return opened ??= openFunctions();
  } catch {
    return undefined;
  }
}

/** A program that runs. */
export interface Started {
  /** Also the number of its session and process group. */
  pid: number;
  /** Its exit status, once it has ended and its output was read; 128 + N where signal N ended it. */
  ended: Promise<number>;
}

/** Told what it writes: 0 is its standard output, 1 its standard error. */
export type Hear = (stream: 0 | 1, bytes: Uint8Array) => void;

/**
 * Starts a program in the root folder.
 *
 * @returns undefined where this C library cannot do it
 * @throws {SystemError} where it cannot be started
 */
export function startProgram(command: Command, hear: Hear): Started | undefined {
  const libc = functions();
  if (!libc) return undefined;
  using open = new Descriptors(libc);
  const input = command.stdin ? open.memory(command.stdin) : undefined;
  const streams = [open.pipe(), open.pipe()] as const;
  const actions = new Uint8Array(ACTIONS_SIZE);
  libc.posix_spawn_file_actions_init(actions);
  try {
    if (input === undefined) {
      libc.posix_spawn_file_actions_addopen(actions, 0, cString("/dev/null"), O_RDONLY, 0);
    } else libc.posix_spawn_file_actions_adddup2(actions, input, 0);
    for (const [index, { write }] of streams.entries()) {
      libc.posix_spawn_file_actions_adddup2(actions, write, index + 1);
    }
    libc.posix_spawn_file_actions_addchdir_np(actions, cString(command.cwd ?? "/"));
    const pid = spawn(libc, command, actions);
    const outputs = streams.map(({ read }) => open.keep(read));
    return { pid, ended: follow(libc, pid, outputs, hear) };
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
  }
}

type Libc = ReturnType<typeof openFunctions>;

function spawn(libc: Libc, { path, args, env }: Command, actions: Uint8Array<ArrayBuffer>): number {
  const attributes = new Uint8Array(ATTRIBUTES_SIZE);
  libc.posix_spawnattr_init(attributes);
  libc.posix_spawnattr_setflags(attributes, SETSID | SETSIGDEF | SETSIGMASK);
  // This process ignores it, which a program would inherit.
  const defaults = new Uint8Array(SIGNALS_SIZE);
  new DataView(defaults.buffer).setUint32(0, 1 << (SIGPIPE - 1), true);
  libc.posix_spawnattr_setsigdefault(attributes, defaults);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const pid = new Int32Array(1);
  const failed = libc.posix_spawn(
    new Uint8Array(pid.buffer),
    cString(path),
    actions,
    attributes,
    cStrings([path, ...args]),
    cStrings(variables),
  );
  if (failed !== 0) throw new SystemError(failed, `start '${path}'`);
  return pid[0]!;
}

/** Descriptors of this process; those that are not kept are closed in the end. */
class Descriptors implements Disposable {
  readonly #libc: Libc;
  readonly #open = new Set<number>();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** A file in memory with those bytes: whoever reads it or does not is not waited for. */
  memory(bytes: Uint8Array): number {
    const descriptor = this.#noted(
      systemCall("make a file in memory", () => this.#libc.memfd_create(cString("input"), MFD_CLOEXEC)),
    );
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.slice(done);
      const write = () => this.#libc.pwrite(descriptor, rest, rest.length, BigInt(done));
      done += systemCall("write a file in memory", write);
    }
    return descriptor;
  }

  pipe(): { read: number; write: number } {
    const ends = new Int32Array(2);
    systemCall("make a pipe", () => this.#libc.pipe2(new Uint8Array(ends.buffer), O_CLOEXEC));
    const [read, write] = ends as unknown as [number, number];
    this.#libc.fcntl(this.#noted(read), F_SETFL, O_NONBLOCK);
    return { read, write: this.#noted(write) };
  }

  keep(descriptor: number): number {
    this.#open.delete(descriptor);
    return descriptor;
  }

  #noted(descriptor: number): number {
    this.#open.add(descriptor);
    return descriptor;
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.#open) this.#libc.close(descriptor);
  }
}

/** Milliseconds of the first wait and of the longest: between two, it is looked whether the program has ended. */
const SHORTEST = 10, LONGEST = 100;
/** Milliseconds without a byte after which an output counts as read: a child of the program may keep it open. */
const SILENCE = 20;

/** Reads what a program writes, until it has ended and nothing more comes. */
async function follow(libc: Libc, pid: number, outputs: number[], hear: Hear): Promise<number> {
  const open = new Map(outputs.map((descriptor, index) => [descriptor, index as 0 | 1]));
  const close = (descriptor: number) => {
    open.delete(descriptor);
    libc.close(descriptor);
  };
  const status = new Int32Array(1);
  const statusBytes = new Uint8Array(status.buffer);
  let hasEnded = false;
  try {
    for (let wait = SHORTEST; open.size > 0; wait = Math.min(wait * 2, LONGEST)) {
      const ready = await waitForAny(libc, [...open.keys()], hasEnded ? SILENCE : wait);
      if (hasEnded && ready.length === 0) break;
      for (const descriptor of ready) {
        if (!readAll(libc, descriptor, (bytes) => hear(open.get(descriptor)!, bytes))) close(descriptor);
      }
      hasEnded ||= ready.length === 0 && libc.waitpid(pid, statusBytes, WNOHANG) === pid;
    }
    // It has closed its outputs, and is about to end.
    while (!hasEnded) hasEnded = await libc.waitInPool(pid, statusBytes, 0) === pid;
  } finally {
    for (const descriptor of [...open.keys()]) close(descriptor);
  }
  return statusOf(status[0]!);
}

/** Waits until something can be read. @returns where; nothing where there was nothing for so many milliseconds */
async function waitForAny(libc: Libc, descriptors: number[], milliseconds: number): Promise<number[]> {
  const requests = new Uint8Array(descriptors.length * 8);
  const view = new DataView(requests.buffer);
  for (const [index, descriptor] of descriptors.entries()) {
    view.setInt32(index * 8, descriptor, true);
    view.setInt16(index * 8 + 4, POLLIN, true);
  }
  await libc.pollInPool(requests, BigInt(descriptors.length), milliseconds);
  return descriptors.filter((_, index) => view.getInt16(index * 8 + 6, true) !== 0);
}

/** Reads what is there. @returns whether more may come */
function readAll(libc: Libc, descriptor: number, hear: (bytes: Uint8Array) => void): boolean {
  const buffer = new Uint8Array(BUFFER_SIZE);
  for (;;) {
    const length = libc.read(descriptor, buffer, buffer.length);
    if (length <= 0) return length < 0;
    hear(buffer.slice(0, length));
    if (length < buffer.length) return true;
  }
}

/** As a shell has it. */
function statusOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
