/**
 * An isolate for code from the disk, as the core sees it: a worker without permissions, to which plain data passes
 * and from which what comes is taken apart before it is used.
 */
import { Failure, failure } from "../errors.ts";

import type { CachedPlugin } from "../plugin/cached.ts";
import {
  type CoreFunctions,
  type FromIsolate,
  type HostOutcome,
  readMessage,
  type SentThrown,
  type ToIsolate,
  type Work,
} from "./messages.ts";
import type { PluginLog } from "../api/plugin.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { answerCall, callBuffer, hasBegun } from "./sync_call.ts";

/** Messages that one call of a plugin may send, lines for the log and calls of the outside among them. */
const MESSAGES_LIMIT = 20_000;

/** What a call's code reaches. */
export interface Reach {
  /** The plugin's name, for messages. */
  name: string;
  outside: CoreFunctions;
  log: PluginLog;
}

/** A call that has not ended. */
interface Running extends Reach {
  number: number;
  /** Failures of the core that the isolate has been told of. */
  failures: Failure[];
  /** Is called with the number of a function that a handler registered. */
  registered(undo: number): void;
  resolve(answer: unknown): void;
  reject(thrown: unknown): void;
}

/** Plugins in an isolate of their own; disposing of it ends whatever runs there. */
export class Isolate implements Disposable {
  readonly #worker: Worker;
  readonly #buffer = callBuffer();
  #running: Running | undefined;
  #calls = 0;
  /** Since the last call began. */
  #messages = 0;
  #ended = false;
  /** What nobody caught there, so that it has ended. */
  #failed: { thrown: unknown } | undefined;
  #settled: ((bytes: number | undefined) => void) | undefined;
  #starting: { heard(message: FromIsolate): void; failed(thrown: unknown): void } | undefined;

  /**
   * Starts one, in which nothing can be called before plugins were opened.
   *
   * @param module The module that it starts with: the program's isolate.ts.
   */
  constructor(module: string) {
    // What it needs to load plugins; it gives up all of it before the first line of one runs.
    const permissions = { read: true };
    this.#worker = new Worker(module, { type: "module", deno: { permissions } });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      // Otherwise Deno prints it and ends this process.
      event.preventDefault();
      const thrown = new Error(event.message);
      this.#failed ??= { thrown };
      this.#starting?.failed(thrown);
      this.#end(thrown);
    };
  }

  /**
   * Starts an isolate and has it open plugins.
   *
   * @param module The module that it starts with: the program's isolate.ts.
   * @throws what went wrong there
   */
  static async start(module: string, plugins: readonly CachedPlugin[]): Promise<Isolate> {
    const isolate = new Isolate(module);
    await isolate.open(plugins);
    return isolate;
  }

  /**
   * Has it open plugins, none of whose code runs by that; once. It need not have come to listen: what it is sent waits.
   *
   * @throws what went wrong there, or when it was started; it has ended then
   */
  async open(plugins: readonly CachedPlugin[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#starting = {
      heard(message) {
        if (message.kind === "opened") resolve();
        else if (message.kind === "thrown") reject(message.thrown);
      },
      failed: reject,
    };
    if (this.#failed) reject(this.#failed.thrown);
    else if (this.#ended) reject(new Error("its isolate has ended"));
    this.#send({ open: plugins, buffer: this.#buffer });
    try {
      await promise;
    } catch (thrown) {
      this[Symbol.dispose]();
      throw thrown;
    }
    this.#starting = undefined;
  }

  /** Whether nothing can be called there any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether what was called last has come to run there; if not, what was called before it has the isolate. */
  get begun(): boolean {
    return this.#running === undefined || hasBegun(this.#buffer, this.#running.number);
  }

  /**
   * Has a plugin's code do something. One call at a time: what an earlier one has left behind is not heard any more.
   *
   * @param plugin Its place among those that were opened.
   * @param signal Aborted when the time is up; then nothing of the call is heard any more.
   * @param registered Told the number of each thing that a handler registered to take its work back.
   * @returns what it answered, unchecked
   * @throws what it threw, as texts, or a failure of the core
   */
  call(
    plugin: number,
    work: Work,
    reach: Reach,
    signal: AbortSignal,
    registered: (undo: number) => void = () => {},
  ): Promise<unknown> {
    const number = ++this.#calls;
    this.#messages = 0;
    return new Promise((resolve, reject) => {
      this.#running = {
        ...reach,
        number,
        failures: [],
        registered,
        resolve,
        reject,
      };
      if (this.#ended) return reject(new Error("its isolate has ended"));
      signal.addEventListener("abort", () => this.#send({ abort: true }));
      this.#send({ call: number, plugin, work });
    });
  }

  /**
   * Has it stop what its last call has left behind, so that another container's can follow.
   *
   * @returns bytes of memory that are in use there; undefined where it has ended, or is ended before it has come to it
   */
  settle(): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    if (this.#ended) resolve(undefined);
    this.#running = undefined;
    this.#settled = resolve;
    this.#send({ settle: true });
    return promise;
  }

  #send(message: ToIsolate): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }

  #hear(data: unknown): void {
    const message = readMessage(data);
    if (this.#starting) {
      if (message) this.#starting.heard(message);
      return;
    }
    if (this.#ended) return;
    if (++this.#messages > MESSAGES_LIMIT) {
      return this.#end(new Error(`it sent more than ${MESSAGES_LIMIT} messages`));
    }
    if (!message) return this.#end(new Error("its isolate sent what no plugin sends"));
    if (message.kind === "settled") return this.#settled?.(message.bytes);
    const running = this.#running;
    if (!running || !("call" in message) || message.call !== running.number) {
      return this.#answerLate(message);
    }
    switch (message.kind) {
      case "answer":
        // What is left behind is not heard from here on.
        this.#running = undefined;
        running.resolve(message.answer);
        break;
      case "thrown":
        this.#running = undefined;
        running.reject(rebuilt(message.thrown, running));
        break;
      case "say":
        running.log[message.level](message.message);
        break;
      case "undo":
        running.registered(message.undo);
        break;
      case "outside":
        void this.#serve(running, message);
    }
  }

  /** What code calls that was left behind would be waited for, and the whole isolate with it. */
  #answerLate(message: FromIsolate): void {
    if (message.kind !== "outside") return;
    this.#answer(message, { thrown: lookAtThrown(new Error("it comes too late: its call has ended")) });
  }

  async #serve(running: Running, call: FromIsolate & { kind: "outside" }): Promise<void> {
    const action = running.outside[call.name] as (...args: unknown[]) => unknown;
    let outcome: HostOutcome;
    try {
      const value = action(...call.args);
      outcome = { value: call.id === undefined ? value : await value };
    } catch (thrown) {
      outcome = { thrown: lookAtThrown(thrown) };
      if (thrown instanceof Failure) outcome.thrown!.failure = running.failures.push(thrown) - 1;
    }
    this.#answer(call, outcome);
  }

  #answer(call: FromIsolate & { kind: "outside" }, outcome: HostOutcome): void {
    if (this.#ended) return;
    if (call.id !== undefined) return this.#send({ reply: call.id, outcome });
    try {
      answerCall(this.#buffer, outcome);
    } catch {
      this.#end(new Error(`what host.${call.name} was to return is larger than 64 MiB`));
    }
  }

  #fail(thrown: unknown): void {
    this.#running?.reject(thrown);
  }

  #end(thrown: unknown): void {
    this[Symbol.dispose]();
    this.#fail(thrown);
  }

  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settled?.(undefined);
    this.#worker.terminate();
  }
}

/** A failure of the core as itself, whatever the plugin made of its words; anything else as texts. */
function rebuilt(sent: SentThrown, { name: plugin, failures }: Running): unknown {
  const { failure: number, edit, ...thrown } = sent;
  if (edit) return failure("plugin-edit", { plugin, ...edit });
  return (number === undefined ? undefined : failures[number]) ?? thrown;
}
