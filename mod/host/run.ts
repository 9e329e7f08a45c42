/** Running a program: in a group of its own, so that what it started ends with it at its limit. */
import { failure } from "../errors.ts";
import type { Command, Outcome } from "./host.ts";
import { type Started, startProgram } from "./spawn.ts";
import { startByDeno } from "./spawn_by_deno.ts";
import { after } from "./timer.ts";

/** Bytes that a program may write to each of its streams. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

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
  const { promise: early, resolve, reject } = Promise.withResolvers<"late">();
  early.catch(() => {});
  const outputs = [new Output(), new Output()] as const;
  const hear = (stream: 0 | 1, bytes: Uint8Array) => {
    if (outputs[stream].take(bytes)) return;
    reject(failure("program-output", { path: command.path, limit: OUTPUT_LIMIT }));
  };
  const { pid, ended } = startProgram(command, hear) ?? startByDeno(command, hear);
  running.add(pid);
  ended.finally(() => running.delete(pid)).catch(() => {});
  using _timer = command.timeout === undefined ? undefined : after(command.timeout, () => resolve("late"));
  // At once: this process may end before a promise goes on.
  const stop = () => {
    killGroup(pid);
    resolve("late");
  };
  command.signal?.addEventListener("abort", stop);
  if (command.signal?.aborted) stop();
  try {
    const status = await Promise.race([ended, early]);
    if (status === "late") {
      killGroup(pid);
      return { status: 137, stdout: new Uint8Array(), stderr: new Uint8Array(), timedOut: true };
    }
    return { status, stdout: outputs[0].bytes(), stderr: outputs[1].bytes(), timedOut: false };
  } catch (error) {
    killGroup(pid);
    throw error;
  } finally {
    command.signal?.removeEventListener("abort", stop);
  }
}

function killGroup(group: Started["pid"]): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch {
    // All of it has ended meanwhile.
  }
}

/** What a program writes to one of its streams. */
class Output {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** Keeps what has come, up to the limit. @returns whether it was within it */
  take(bytes: Uint8Array): boolean {
    this.#size += bytes.length;
    const isWithin = this.#size <= OUTPUT_LIMIT;
    if (isWithin) this.#parts.push(bytes);
    return isWithin;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
