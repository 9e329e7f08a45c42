/** Calling a handler in a test, with a host that stands in for the real one. */
import { freeze } from "../../core/freeze.ts";
import type { OptionDescriptor } from "../../core/manifest.ts";
import { takeApart } from "../../core/plain_data.ts";
import { FieldError } from "../../core/fields.ts";
import { failure } from "../../errors.ts";
import { after, nextTurn } from "../../host/timer.ts";
import type { HandlerContext, HandlerStage, Json, Plugin, State } from "../plugin.ts";
import { checkPlugin, optionsOf, type Settings } from "./settings.ts";
import { makeHost, makeLog, type Traces } from "./stand_in.ts";

/** Surroundings that a test gives a handler. */
export interface HandlerSettings<
  O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>,
> extends Omit<Settings<O>, "features" | "devices"> {
  /** Fields of the container's state. Default: a container "test" in /bundle, of status and pid as at the stage. */
  state?: Partial<State>;
  /** What `plan` carried for it. Default: null. */
  carry?: Json;
  /** Milliseconds after which `signal` is aborted and the handler has failed. Default: 5000. */
  limit?: number;
}

/** What came of calling a handler. */
export interface HandlerOutcome extends Traces {
  /** Why it failed; undefined where it did not. What it registered has been called then, the last first. */
  failed?: string;
  /** What is kept afterwards. */
  kept: Record<string, Json>;
  /** What is stored afterwards. */
  stored: Record<string, Json>;
  /** Functions that it registered with `undo`. */
  undos: number;
  /** What the functions that take its work back failed with. */
  undoFailures: string[];
  /** Calls what it registered, the last first, as where a later handler of the stage fails; once. */
  takeBack(): Promise<void>;
}

/** Milliseconds. */
const LIMIT = 5000;

/** Characters of a value that is kept or stored, as JSON. */
const VALUE_LIMIT = 1024 * 1024;

/**
 * Calls a plugin's handler as the dispatcher does, with a host that stands in for the real one. Where it fails, and at its
 * limit, what it registered with `undo` is called.
 *
 * @throws Where the plugin has no handler at that stage.
 *
 * @example
 * ```ts
 * import { definePlugin } from "container-hooks/plugin";
 * import { assertEquals, assertMatch, callHandler } from "container-hooks/testing";
 *
 * const TOOL = "/usr/libexec/inventory";
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "register",
 *   version: "1.0.0",
 *   brief: "Registers containers",
 *   needs: { run: [TOOL] },
 *   on: {
 *     async createRuntime(state, { host, undo, keep }) {
 *       undo(async () => void await host.run(TOOL, ["remove", state.id]));
 *       keep(state.id, true);
 *       const { status } = await host.run(TOOL, ["add", state.id]);
 *       if (status !== 0) throw new Error("the inventory is full");
 *     },
 *   },
 * });
 * const { kept } = await callHandler(plugin, "createRuntime", { programs: { [TOOL]: "" } });
 * assertEquals(kept, { test: true });
 *
 * const full = await callHandler(plugin, "createRuntime", { programs: { [TOOL]: () => ({ status: 1 }) } });
 * assertMatch(full.failed, /the inventory is full/);
 * assertEquals(full.ran.map(({ args }) => args), [["add", "test"], ["remove", "test"]]);
 * ```
 */
export async function callHandler<const O extends Record<string, OptionDescriptor>>(
  plugin: Plugin<O>,
  stage: HandlerStage,
  settings: HandlerSettings<O> = {},
): Promise<HandlerOutcome> {
  checkPlugin(plugin as Plugin);
  const handler = plugin.on?.[stage];
  if (!handler) throw new TypeError(`plugin ${plugin.name} has no handler at ${stage}`);
  const call = new HandlerCall(plugin, stage, settings);
  const failed = await call.within((context) => handler(call.state, context));
  if (failed !== undefined) await call.takeBack();
  return {
    ...(failed === undefined ? {} : { failed }),
    ...call.traces,
    kept: call.kept,
    stored: call.stored,
    undos: call.undos.length,
    undoFailures: call.undoFailures,
    takeBack: () => call.takeBack(),
  };
}

/** One call, and what it leaves behind. */
class HandlerCall<O extends Record<string, OptionDescriptor>> {
  readonly traces: Traces = { ran: [], log: [] };
  readonly kept: Record<string, Json>;
  readonly stored: Record<string, Json>;
  readonly undos: (() => void | Promise<void>)[] = [];
  readonly undoFailures: string[] = [];
  readonly state: State;
  readonly #settings: HandlerSettings<O>;
  readonly #plugin: Plugin<O>;
  readonly #stage: HandlerStage;
  #isTakenBack = false;

  constructor(plugin: Plugin<O>, stage: HandlerStage, settings: HandlerSettings<O>) {
    this.#plugin = plugin;
    this.#stage = stage;
    this.#settings = settings;
    this.kept = structuredClone(settings.kept ?? {});
    this.stored = structuredClone(settings.stored ?? {});
    this.state = freeze(structuredClone({ ...stateAt(stage), ...settings.state }));
  }

  /** Runs it within its time. @returns why it failed */
  async within(work: (context: HandlerContext<O>) => void | Promise<void>): Promise<string | undefined> {
    const { limit = LIMIT } = this.#settings;
    const abort = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    using _timer = after(limit, () => {
      const what = `${this.#stage} of plugin ${this.#plugin.name}`;
      reject(new Error(failure("deadline", { what, seconds: limit / 1000 }).what));
      abort.abort();
    });
    try {
      await Promise.race([work(this.#context(abort.signal)), stopped]);
      await nextTurn();
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  async takeBack(): Promise<void> {
    if (this.#isTakenBack) return;
    this.#isTakenBack = true;
    for (const undo of this.undos.toReversed()) {
      const failed = await this.within(() => undo());
      if (failed !== undefined) this.undoFailures.push(failed);
    }
  }

  #context(signal: AbortSignal): HandlerContext<O> {
    const { kept, stored } = this;
    const options = optionsOf(this.#plugin, this.#settings.options);
    const surroundings = { ...this.#settings, kept, stored };
    return {
      options,
      carry: structuredClone(this.#settings.carry ?? null),
      host: makeHost(this.#plugin, this.#stage, options, surroundings, this.traces),
      keep: (name, value) => put(kept, "keep", name, value, /^[A-Za-z0-9_-]{1,100}$/),
      store: (name, value) => put(stored, "store", name, value, /^[A-Za-z0-9_.:@+-]{1,100}$/),
      alone: (work) => work(),
      undo: (action) => void this.undos.push(action),
      log: makeLog(this.traces),
      signal,
    };
  }
}

function put(values: Record<string, Json>, call: string, name: string, value: unknown, names: RegExp): void {
  if (typeof name !== "string" || !names.test(name)) {
    throw new TypeError(`${call} takes a name that matches ${names}, not ${JSON.stringify(name)}`);
  }
  try {
    const taken = takeApart(value, "value", VALUE_LIMIT);
    if (taken === undefined) delete values[name];
    else values[name] = taken;
  } catch (error) {
    if (error instanceof FieldError) throw new TypeError(`${call}: ${error.field} ${error.why}`);
    throw error;
  }
}

const STATUS: Record<HandlerStage, string> = {
  createRuntime: "created",
  start: "created",
  poststart: "running",
  poststop: "stopped",
};

function stateAt(stage: HandlerStage): State {
  const pid = stage === "poststop" ? {} : { pid: 1000 };
  return { ociVersion: "1.0.2", id: "test", status: STATUS[stage], ...pid, bundle: "/bundle" };
}
