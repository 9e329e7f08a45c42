/** Running a program by libc, for a process that has dropped its permissions. */
import {
  type Argument,
  basicFunctions,
  cString,
  cStrings,
  errno,
  errorText,
  LIBC,
  openLibrary,
  RESULT,
} from "./ffi.ts";
import { failure } from "../errors.ts";
import type { Command, Host, Outcome } from "./host.ts";
import { pause } from "./timer.ts";

const O_PATH_FOLDER = 0o12200000; // O_PATH | O_DIRECTORY | O_CLOEXEC
const O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000;
const F_SETFL = 4;
const EAGAIN = 11;
const WNOHANG = 1;
const SIGKILL = 9, SIGPIPE = 13;
const POSIX_SPAWN_SETSIGDEF = 0x04, POSIX_SPAWN_SETSIGMASK = 0x08;
/** Bytes; more than glibc's opaque structures have on any processor. */
const STRUCTURE = 512;
/** Milliseconds between two looks at a program that is running. */
const FIRST_PAUSE = 1, LONGEST_PAUSE = 20;
/** Bytes that a program may write to each of its streams. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

function openFunctions() {
  return openLibrary(LIBC, {
    open: { parameters: ["buffer", "i32"], result: RESULT.int },
    chdir: { parameters: ["buffer"], result: RESULT.int },
    fchdir: { parameters: ["i32"], result: RESULT.int },
    pipe2: { parameters: ["buffer", "i32"], result: RESULT.int },
    fcntl: { parameters: ["i32", "i32", "i32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    write: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    close: { parameters: ["i32"], result: RESULT.int },
    kill: { parameters: ["i32", "i32"], result: RESULT.int },
    waitpid: { parameters: ["i32", "buffer", "i32"], result: RESULT.int },
    posix_spawn: {
      parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
      result: RESULT.int,
    },
    posix_spawnattr_init: { parameters: ["buffer"], result: RESULT.int },
    posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: RESULT.int },
    posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: RESULT.int },
    posix_spawn_file_actions_init: { parameters: ["buffer"], result: RESULT.int },
    posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: RESULT.int },
    posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: RESULT.int },
  });
}

type Libc = ReturnType<typeof openFunctions>;

/** Opens what running programs takes; call it while there are permissions. */
export function openRun(): Host["run"] {
  basicFunctions();
  const libc = openFunctions();
  const { now } = Date;

  return async (command) => {
    const end = command.timeout === undefined ? Infinity : now() + command.timeout;
    using program = new RunningProgram(libc, command);
    for (let wait = FIRST_PAUSE;; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      if (program.exchange()) wait = FIRST_PAUSE;
      const outcome = program.ended();
      if (outcome) return outcome;
      if (now() >= end) return program.kill();
      await pause(wait);
    }
  };
}

/** A program and our ends of its three pipes; disposing of it kills what still runs. */
class RunningProgram implements Disposable {
  readonly #pid: number;
  readonly #path: string;
  readonly #stdin: number;
  readonly #outputs: { descriptor: number; parts: Uint8Array[]; size: number }[];
  readonly #open = new Set<number>();
  #input: Uint8Array;
  #reaped = false;

  constructor(private readonly libc: Libc, command: Command) {
    this.#path = command.path;
    const [forStdin, forStdout, forStderr] = [this.#pipe(), this.#pipe(), this.#pipe()];
    this.#input = command.stdin ?? new Uint8Array();
    this.#stdin = forStdin.write;
    this.#outputs = [forStdout, forStderr].map(({ read }) => ({ descriptor: read, parts: [], size: 0 }));
    const theirs = [forStdin.read, forStdout.write, forStderr.write];
    try {
      this.#pid = spawn(libc, command, theirs);
    } catch (error) {
      this.#closeAll();
      throw error;
    }
    for (const descriptor of theirs) this.#close(descriptor);
    for (const descriptor of this.#open) libc.fcntl(descriptor, F_SETFL, O_NONBLOCK);
    if (this.#input.length === 0) this.#close(this.#stdin);
  }

  /** Writes what its input takes and reads what it wrote; false where nothing moved. */
  exchange(): boolean {
    const fed = this.#feed();
    const drained = this.#outputs.map((output) => this.#drain(output));
    return fed || drained.includes(true);
  }

  /** How it ended; undefined while it runs. What a child of its own still writes is not waited for. */
  ended(): Outcome | undefined {
    const status = this.#wait(WNOHANG);
    if (status === undefined) return undefined;
    for (const output of this.#outputs) this.#drain(output);
    const [stdout, stderr] = this.#outputs.map(({ parts, size }) => concatenate(parts, size));
    return { ...meaning(status), stdout: stdout!, stderr: stderr!, timedOut: false };
  }

  kill(): Outcome {
    this.libc.kill(this.#pid, SIGKILL);
    this.#wait(0);
    const none = new Uint8Array();
    return { status: 128 + SIGKILL, signal: "SIGKILL", stdout: none, stderr: none, timedOut: true };
  }

  [Symbol.dispose](): void {
    if (!this.#reaped) this.kill();
    this.#closeAll();
  }

  #wait(flags: number): number | undefined {
    const status = new Uint8Array(4);
    if (this.libc.waitpid(this.#pid, status, flags) !== this.#pid) return undefined;
    this.#reaped = true;
    return new DataView(status.buffer).getInt32(0, true);
  }

  #feed(): boolean {
    if (!this.#open.has(this.#stdin)) return false;
    const count = this.libc.write(this.#stdin, this.#input as Argument, this.#input.length);
    if (count > 0) this.#input = this.#input.subarray(count);
    // A program that does not read its input closes the pipe: that is its right.
    const refused = count < 0 && errno() !== EAGAIN;
    if (this.#input.length === 0 || refused) this.#close(this.#stdin);
    return count > 0;
  }

  #drain(output: { descriptor: number; parts: Uint8Array[]; size: number }): boolean {
    const before = output.size;
    for (;;) {
      const buffer = new Uint8Array(65536);
      const count = this.libc.read(output.descriptor, buffer, buffer.length);
      if (count <= 0) return output.size > before;
      output.parts.push(buffer.subarray(0, count));
      output.size += count;
      if (output.size > OUTPUT_LIMIT) {
        throw failure("program-output", { path: this.#path, limit: OUTPUT_LIMIT });
      }
    }
  }

  #pipe(): { read: number; write: number } {
    const ends = new Uint8Array(8);
    if (this.libc.pipe2(ends, O_CLOEXEC) !== 0) throw new Error(errorText(errno()));
    const view = new DataView(ends.buffer);
    const [read, write] = [view.getInt32(0, true), view.getInt32(4, true)];
    this.#open.add(read).add(write);
    return { read, write };
  }

  #close(descriptor: number): void {
    if (this.#open.delete(descriptor)) this.libc.close(descriptor);
  }

  #closeAll(): void {
    for (const descriptor of this.#open) this.#close(descriptor);
  }
}

/**
 * Starts it with `descriptors` as 0, 1 and 2, no other, and with the signals as they are by default: Deno
 * ignores SIGPIPE, and a program that is started would go on ignoring it.
 *
 * @returns its process id
 */
function spawn(libc: Libc, command: Command, descriptors: number[]): number {
  const actions = new Uint8Array(STRUCTURE);
  const attributes = new Uint8Array(STRUCTURE);
  const defaults = new Uint8Array(128);
  defaults[(SIGPIPE - 1) >> 3]! |= 1 << ((SIGPIPE - 1) & 7);
  libc.posix_spawnattr_init(attributes);
  libc.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  libc.posix_spawnattr_setsigdefault(attributes, defaults);
  libc.posix_spawn_file_actions_init(actions);
  try {
    for (const [index, descriptor] of descriptors.entries()) {
      libc.posix_spawn_file_actions_adddup2(actions, descriptor, index);
    }
    const pid = new Uint8Array(4);
    const path = cString(command.path);
    const argv = cStrings([command.path, ...command.args]);
    const envp = cStrings(Object.entries(command.env).map(([name, value]) => `${name}=${value}`));
    const failed = inFolder(
      libc,
      command.cwd ?? "/",
      () => libc.posix_spawn(pid, path, actions, attributes, argv, envp),
    );
    if (failed !== 0) throw new Error(`${errorText(failed)} (os error ${failed}): '${command.path}'`);
    return new DataView(pid.buffer).getInt32(0, true);
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
  }
}

/** glibc before 2.29 cannot start a program in another folder than ours; nothing else runs meanwhile. */
function inFolder<T>(libc: Libc, folder: string, action: () => T): T {
  const ours = libc.open(cString("."), O_PATH_FOLDER);
  if (ours < 0 || libc.chdir(cString(folder)) !== 0) {
    const why = errorText(errno());
    if (ours >= 0) libc.close(ours);
    throw new Error(`${why}: '${folder}'`);
  }
  try {
    return action();
  } finally {
    libc.fchdir(ours);
    libc.close(ours);
  }
}

function meaning(status: number): Pick<Outcome, "status" | "signal"> {
  const signal = status & 0x7f;
  if (signal === 0) return { status: (status >> 8) & 0xff, signal: undefined };
  return { status: 128 + signal, signal: signal === SIGKILL ? "SIGKILL" : `signal ${signal}` };
}

function concatenate(parts: Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
