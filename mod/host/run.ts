/** Running a program: in a group of its own, so that what it started ends with it at its limit. */
import { failure } from "../errors.ts";
import type { Command, Outcome } from "./host.ts";
import { after, pause } from "./timer.ts";

/** Bytes that a program may write to each of its streams. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** Milliseconds without a byte after which an output counts as read: a child of the program may keep it open. */
const SILENCE = 20;

/** Process groups of programs that have not ended. */
const running = new Set<number>();

/** Ends all of them, for when this process ends or becomes another: their limits would be gone with it. */
export function killRunning(): void {
  for (const group of running) killGroup(group);
}

/**
 * Runs it to its end, or to its limit.
 *
 * @throws {Failure} program-output where it writes more than the limit
 * @throws what the system says where it cannot be started
 */
export async function run(command: Command): Promise<Outcome> {
  const child = new Deno.Command(command.path, {
    args: command.args,
    env: command.env,
    clearEnv: true,
    cwd: command.cwd ?? "/",
    stdin: command.stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  running.add(child.pid);
  child.status.finally(() => running.delete(child.pid)).catch(() => {});
  if (command.stdin) void feed(child.stdin, command.stdin);
  const outputs = [new Output(child.stdout, command.path), new Output(child.stderr, command.path)] as const;
  const late = Promise.withResolvers<"late">();
  using _timer = command.timeout === undefined
    ? undefined
    : after(command.timeout, () => late.resolve("late"));
  // At once: this process may end before a promise goes on.
  const stop = () => late.resolve((killed(child), "late"));
  command.signal?.addEventListener("abort", stop);
  if (command.signal?.aborted) stop();
  const tooMuch = Promise.race(outputs.map(({ failed }) => failed));
  try {
    const ended = await Promise.race([child.status, late.promise, tooMuch]);
    if (ended === "late") return killed(child);
    const [stdout, stderr] = await Promise.all(outputs.map((output) => output.rest()));
    return {
      status: ended.code,
      signal: ended.signal ?? undefined,
      stdout: stdout!,
      stderr: stderr!,
      timedOut: false,
    };
  } catch (error) {
    killed(child);
    throw error;
  } finally {
    command.signal?.removeEventListener("abort", stop);
    for (const output of outputs) output.close();
  }
}

/** A program that does not read its input closes the pipe: that is its right. */
async function feed(stdin: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(bytes);
    await writer.close();
  } catch {
    // It has ended, or does not want any more of it.
  }
}

function killed(child: Deno.ChildProcess): Outcome {
  killGroup(child.pid);
  child.status.catch(() => {});
  const none = new Uint8Array();
  return { status: 137, signal: "SIGKILL", stdout: none, stderr: none, timedOut: true };
}

function killGroup(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch {
    // All of it has ended meanwhile.
  }
}

/** What a program writes to one of its streams. */
class Output {
  /** Rejected where it writes too much; never settled otherwise. */
  readonly failed: Promise<never>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parts: Uint8Array[] = [];
  readonly #end: Promise<void>;
  #size = 0;

  constructor(stream: ReadableStream<Uint8Array>, path: string) {
    this.#reader = stream.getReader();
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    promise.catch(() => {});
    this.#end = this.#read(() => reject(failure("program-output", { path, limit: OUTPUT_LIMIT })));
    this.#end.catch(() => {});
  }

  async #read(tooMuch: () => void): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      this.#parts.push(value);
      this.#size += value.length;
      if (this.#size > OUTPUT_LIMIT) return tooMuch();
    }
  }

  /** Gets all output, once the program has ended; what a child of its own still writes is not waited for. */
  async rest(): Promise<Uint8Array> {
    for (let size = -1; size !== this.#size;) {
      size = this.#size;
      const ended = await Promise.race([this.#end.then(() => true), pause(SILENCE), this.failed]);
      if (ended) break;
    }
    return concatenate(this.#parts, this.#size);
  }

  close(): void {
    this.#reader.cancel().catch(() => {});
  }
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
