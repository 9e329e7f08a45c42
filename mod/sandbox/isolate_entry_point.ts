/**
 * The isolate's side: opens the plugins that it is told of, gives up every permission, and calls them as the core
 * asks, until it is ended from outside.
 */
import type { HandlerContext, PlanContext, Plugin, PluginHost, PluginLog } from "../api/plugin.ts";
import { freeze } from "../core/freeze.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { Failure } from "../errors.ts";
import { takeAnswer } from "../edits/take_answer.ts";
import { dropPermissions } from "../host/permissions.ts";
import { nextTurn } from "../host/timer.ts";
import { type Load, openPlugin } from "../plugin/load.ts";
import { refuseCodeFromText } from "./code_from_text.ts";
import { replaceConsole } from "./console.ts";
import { hintAtHost, withholdGlobals } from "./globals.ts";
import type { CallName, FromIsolate, HostOutcome, Opening, SentThrown, ToIsolate, Work } from "./messages.ts";
import { askAndWait } from "./sync_call.ts";
import { replaceTimers, type Timers } from "./timers.ts";

type Undo = Parameters<HandlerContext["undo"]>[0];
type Send = (message: FromIsolate) => void;

/** A call of a plugin, with what takes a handler's work back. */
interface Session {
  /** The number of the call that is going on. */
  call: number;
}

/** Characters of a message for the log; the core keeps fewer lines than these. */
const MESSAGE_LIMIT = 16 * 1024;
/** Lines that one call sends. */
const LINES_LIMIT = 2000;
/** What one handler may register. */
const UNDO_LIMIT = 1000;

/** Listens to the core from here on. */
export function serveIsolate(): void {
  const { postMessage } = globalThis as unknown as { postMessage: Send };
  const send: Send = (message) => postMessage(message);
  let server: Server | undefined;

  addEventListener("message", async (event) => {
    const data: ToIsolate = (event as MessageEvent).data;
    if (server) return server.hear(data);
    if (!("open" in data)) return;
    try {
      server = await opened(send, data);
      send({ kind: "opened" });
    } catch (thrown) {
      send({ kind: "thrown", call: 0, thrown: lookAtThrown(thrown) });
    }
  });
  send({ kind: "ready" });
}

async function opened(
  send: Send,
  { open, buffer }: Opening,
): Promise<Server> {
  const loads = await Promise.all(open.map(openPlugin));
  dropPermissions();
  refuseCodeFromText();
  const timers = replaceTimers();
  const server = new Server(send, loads, timers, buffer);
  for (const [type, field] of [["unhandledrejection", "reason"], ["error", "error"]] as const) {
    addEventListener(type, (event) => {
      // Otherwise Deno prints it with a stack, and ends the process.
      event.preventDefault();
      server.stray((event as unknown as Record<string, unknown>)[field]);
    });
  }
  replaceConsole((level, message) => server.say(level, message));
  withholdGlobals();
  return server;
}

/** What calls the plugins. */
class Server {
  readonly #plugins = new Map<number, Plugin>();
  readonly #undos: Undo[] = [];
  readonly #replies = new Map<number, (outcome: HostOutcome) => void>();
  /** Errors that a failure of the core was thrown as, and which one it was. */
  readonly #ours = new WeakMap<object, number>();
  #abort = new AbortController();
  #session: Session = { call: 0 };
  #lines = 0;
  #asked = 0;

  constructor(
    private readonly send: Send,
    private readonly loads: readonly Load[],
    private readonly timers: Timers,
    private readonly buffer: SharedArrayBuffer,
  ) {}

  hear(data: ToIsolate): void {
    if ("reply" in data) this.#replies.get(data.reply)?.(data.outcome);
    else if ("abort" in data) this.#abort.abort();
    else if ("call" in data) void this.#serve(data);
  }

  say(level: keyof PluginLog, message: string): void {
    if (this.#lines++ >= LINES_LIMIT) return;
    this.send({ kind: "say", call: this.#session.call, level, message: message.slice(0, MESSAGE_LIMIT) });
  }

  /** What nobody catches belongs to whatever is being called. */
  stray(thrown: unknown): void {
    this.#sendThrown(this.#session.call, thrown);
  }

  async #serve({ call, plugin, work }: { call: number; plugin: number; work: Work }): Promise<void> {
    // What takes a handler's work back goes on in its session, and may wait for what that has left running.
    if ("undo" in work) this.#session.call = call;
    else {
      this.timers.stopAll();
      this.#session = { call };
    }
    this.#lines = 0;
    this.#abort = new AbortController();
    this.send({ kind: "begun", call });
    try {
      const answer = await this.#do(this.#session, plugin, work);
      // A rejection that nobody handles is reported in the next turn.
      await nextTurn();
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
        features: this.#later(session, "features"),
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
      keep: this.#now(session, "keep"),
      alone: (action) => this.#alone(session, action),
      undo: (action) => this.#register(session.call, action),
    });
  }

  #around(session: Session): Pick<PlanContext, "host" | "log" | "signal"> {
    const say = (level: keyof PluginLog) => (message: string) => {
      if (session === this.#session) this.say(level, String(message));
    };
    const host: PluginHost = {
      readTextFile: this.#now(session, "readTextFile"),
      readJsonFile: this.#now(session, "readJsonFile"),
      lstat: this.#now(session, "lstat"),
      readLink: this.#now(session, "readLink"),
      kept: this.#now(session, "kept"),
      run: this.#later(session, "run"),
    };
    return {
      host,
      log: { debug: say("debug"), info: say("info"), warn: say("warn") },
      signal: this.#abort.signal,
    };
  }

  /** A call of the core that is waited for, this thread standing still. */
  #now(session: Session, name: CallName) {
    return (...args: unknown[]) => {
      const ask = () => this.send({ kind: "outside", call: session.call, name, args });
      return this.#valueOf(askAndWait(this.buffer, ask) as HostOutcome) as never;
    };
  }

  /** A call of the core that is answered by a reply. */
  #later(session: Session, name: CallName) {
    return async (...args: unknown[]) => {
      const id = this.#asked++;
      const { promise, resolve } = Promise.withResolvers<HostOutcome>();
      this.#replies.set(id, resolve);
      this.send({ kind: "outside", call: session.call, name, args, id });
      const outcome = await promise;
      this.#replies.delete(id);
      return this.#valueOf(outcome) as never;
    };
  }

  async #alone<T>(session: Session, action: () => Promise<T>): Promise<T> {
    await this.#later(session, "enterAlone")();
    try {
      return await action();
    } finally {
      await this.#later(session, "leaveAlone")();
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

  /** Thrown here, so that its stack leads to the plugin's line. */
  #valueOf({ value, thrown }: HostOutcome): unknown {
    if (!thrown) return value;
    const { message, remedy, failure } = thrown;
    const error = Object.assign(new Error(message), remedy === undefined ? {} : { remedy });
    if (failure !== undefined) this.#ours.set(error, failure);
    throw error;
  }

  #sendThrown(call: number, thrown: unknown): void {
    const texts: SentThrown = textsOf(thrown);
    const failure = typeof thrown === "object" && thrown !== null ? this.#ours.get(thrown) : undefined;
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
