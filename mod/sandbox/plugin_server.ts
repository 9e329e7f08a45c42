/** The isolate's side of calls: plugins are called as the core asks, and what they say and call goes there. */
import type { HandlerContext, PlanContext, Plugin, PluginHost, PluginLog } from "../api/plugin.ts";
import { freeze } from "../core/freeze.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { takeAnswer } from "../edits/take_answer.ts";
import { Failure } from "../errors.ts";
import type { Load } from "../plugin/load.ts";
import { hintAtHost } from "./globals.ts";
import { type FromIsolate, type SentThrown, type ToIsolate, UNDO_LIMIT, type Work } from "./messages.ts";
import { OutsideCalls, type Session } from "./outside_calls.ts";
import { noteBegun } from "./sync_call.ts";
import type { Timers } from "./timers.ts";

type Undo = Parameters<HandlerContext["undo"]>[0];

/** Sends to the core. */
export type Send = (message: FromIsolate) => void;

/** Characters of a message for the log; the core keeps fewer lines than these. */
const MESSAGE_LIMIT = 16 * 1024;
/** Lines that one call sends. */
const LINES_LIMIT = 2000;

/** Taken before a plugin could exchange it. */
const rejected = Promise.reject.bind(Promise);

/** What calls the plugins. */
export class PluginServer {
  readonly #plugins = new Map<number, Plugin>();
  readonly #undos: Undo[] = [];
  readonly #outside: OutsideCalls;
  #abort = new AbortController();
  #session: Session = { call: 0 };
  /** Our own rejection, and who waits for it to be told. */
  #last: { thrown: object; told(): void } | undefined;
  #lines = 0;

  constructor(
    private readonly send: Send,
    private readonly loads: readonly Load[],
    private readonly timers: Timers,
    private readonly buffer: SharedArrayBuffer,
    private readonly memory: () => number,
  ) {
    this.#outside = new OutsideCalls(send, buffer);
  }

  hear(data: ToIsolate): void {
    if ("reply" in data) this.#outside.replied(data.reply, data.outcome);
    else if ("abort" in data) this.#abort.abort();
    else if ("settle" in data) this.#settle();
    else if ("call" in data) void this.#serve(data);
  }

  #settle(): void {
    this.#stopAll();
    this.#session = { call: 0 };
    this.send({ kind: "settled", bytes: this.memory() });
  }

  /** What a call has left behind is not to run while the plugin is asked about another container. */
  #stopAll(): void {
    this.timers.stopAll();
    this.#outside.forget();
  }

  say(level: keyof PluginLog, message: string): void {
    if (this.#lines++ >= LINES_LIMIT) return;
    this.send({ kind: "say", call: this.#session.call, level, message: message.slice(0, MESSAGE_LIMIT) });
  }

  /** What nobody catches belongs to whatever is being called. */
  stray(thrown: unknown): void {
    if (thrown === this.#last?.thrown) return this.#last!.told();
    this.#sendThrown(this.#session.call, thrown);
  }

  /**
   * Resolves when every rejection so far that nobody handles has been told. They are told in their order, so one of our
   * own is the last; a timer of 0 ms came after them as well, 2.7 ms later.
   */
  #straysTold(): Promise<void> {
    const { promise, resolve: told } = Promise.withResolvers<void>();
    const last = this.#last = { thrown: {}, told };
    void rejected(last.thrown);
    return promise;
  }

  async #serve({ call, plugin, work }: { call: number; plugin: number; work: Work }): Promise<void> {
    // What takes a handler's work back goes on in its session, and may wait for what that has left running.
    if ("undo" in work) this.#session.call = call;
    else {
      this.#stopAll();
      this.#session = { call };
      this.#undos.length = 0;
    }
    this.#lines = 0;
    this.#abort = new AbortController();
    noteBegun(this.buffer, call);
    try {
      const answer = await this.#do(this.#session, plugin, work);
      await this.#straysTold();
      this.send({ kind: "answer", call, answer });
    } catch (thrown) {
      this.#sendThrown(call, thrown);
    }
  }

  async #do(session: Session, place: number, work: Work): Promise<unknown> {
    if ("undo" in work) return void await this.#undos[work.undo]?.();
    const plugin = this.#plugins.get(place) ?? await this.loads[place]!();
    this.#plugins.set(place, plugin);
    if ("plan" in work) {
      const { container, options } = work.plan;
      const answer = await plugin.plan?.(freeze(container), {
        options: options as PlanContext["options"],
        features: this.#outside.later(session, "features"),
        ...this.#around(session),
      });
      // Before it is sent, which would call getters and lose what is inherited, a denial for example.
      return takeAnswer(plugin, answer);
    }
    const { stage, state, options, carry } = work.handle;
    const handler = plugin.on?.[stage];
    if (!handler) throw new Error(`it has no handler for ${stage} any more`);
    await handler(freeze(state), {
      options: options as HandlerContext["options"],
      carry: carry as HandlerContext["carry"],
      ...this.#around(session),
      keep: this.#outside.now(session, "keep"),
      store: this.#outside.now(session, "store"),
      alone: (action) => this.#alone(session, action),
      undo: (action) => this.#register(session.call, action),
    });
  }

  #around(session: Session): Pick<PlanContext, "host" | "log" | "signal"> {
    const say = (level: keyof PluginLog) => (message: string) => {
      if (session === this.#session) this.say(level, String(message));
    };
    const host: PluginHost = {
      readTextFile: this.#outside.now(session, "readTextFile"),
      readJsonFile: this.#outside.now(session, "readJsonFile"),
      readFile: this.#outside.now(session, "readFile"),
      readFolder: this.#outside.now(session, "readFolder"),
      sha256: this.#outside.later(session, "sha256"),
      lstat: this.#outside.now(session, "lstat"),
      readLink: this.#outside.now(session, "readLink"),
      kept: this.#outside.now(session, "kept"),
      stored: this.#outside.now(session, "stored"),
      storedNames: this.#outside.now(session, "storedNames"),
      cached: this.#outside.now(session, "cached"),
      cache: this.#outside.now(session, "cache"),
      run: this.#outside.later(session, "run"),
    };
    return {
      host,
      log: { debug: say("debug"), info: say("info"), warn: say("warn") },
      signal: this.#abort.signal,
    };
  }

  async #alone<T>(session: Session, action: () => Promise<T>): Promise<T> {
    await this.#outside.later(session, "enterAlone")();
    try {
      return await action();
    } finally {
      await this.#outside.later(session, "leaveAlone")();
    }
  }

  #register(call: number, action: Undo): void {
    if (typeof action !== "function") throw new TypeError("undo takes a function");
    // Whoever goes on after the limit learns here that nobody would take it back any more.
    if (call !== this.#session.call || this.#abort.signal.aborted) {
      throw new Error("undo comes too late: what was registered is being taken back");
    }
    if (this.#undos.length >= UNDO_LIMIT) {
      throw new RangeError(
        `undo takes up to ${UNDO_LIMIT} functions; register one that takes several steps back`,
      );
    }
    this.send({ kind: "undo", call, undo: this.#undos.push(action) - 1 });
  }

  #sendThrown(call: number, thrown: unknown): void {
    const texts: SentThrown = textsOf(thrown);
    const failure = this.#outside.failureOf(thrown);
    this.send({ kind: "thrown", call, thrown: failure === undefined ? texts : { ...texts, failure } });
  }
}

/** What {@linkcode takeAnswer} throws. */
function isOurs(thrown: unknown): thrown is Failure {
  try {
    return thrown instanceof Failure && thrown.code === "plugin-edit";
  } catch {
    // A proxy that does not let its prototype be asked for.
    return false;
  }
}

/** What cannot be sent is told in our words: the message of an answer with a function in it names no field. */
function textsOf(thrown: unknown): SentThrown {
  if (isOurs(thrown)) return { ...lookAtThrown(thrown), edit: thrown.details as SentThrown["edit"] };
  const texts = lookAtThrown(hintAtHost(thrown));
  if (texts.name !== "DataCloneError") return texts;
  return {
    name: "TypeError",
    message: `it hands over what is no plain data: ${texts.message}`,
    stack: texts.stack,
  };
}
