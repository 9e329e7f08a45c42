/** One plugin's handler at one stage: opened, called within its time, and taken back where that is needed. */
import type { HandlerContext, State } from "../api/plugin.ts";
import type { HandlerStage } from "../core/oci.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import { checkFolder } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { hintAtHost } from "../sandbox/globals.ts";
import { speakThrough } from "../sandbox/process.ts";
import { nextTurn } from "../host/timer.ts";
import type { HandlersRecord, PluginRecord } from "../state/journal.ts";
import { alone, keep, keptBy } from "../state/kept.ts";
import { type BuiltIn, type BuiltIns, openBuiltIn } from "../plugin/built_in.ts";
import { callPlugin } from "../plugin/call_plugin.ts";
import { isCached, type OpenedPlugin, openPlugin } from "../plugin/load.ts";
import { pluginHost, pluginLog } from "../plugin/plugin_host.ts";
import { atStage } from "./at_stage.ts";

/** What all handlers of one dispatch have in common. */
export interface Surroundings {
  host: Host;
  /** Its lines say which container they are about. */
  log: Log;
  stage: HandlerStage;
  state: State;
  builtin: BuiltIns;
  /** The run folder whose journal the container is in: a hook's environment does not say which. */
  run: string;
  /** Takes away what plugins must not have, once all are opened and before code from the disk is loaded. */
  hold(): void;
}

/** Milliseconds beyond its own limit after which a handler that never gives control back ends with this process. */
const GRACE = 1000;

type Undo = Parameters<HandlerContext["undo"]>[0];

/** A handler and what it registered. */
export class HandlerRun {
  readonly plugin: string;
  readonly onError: HandlersRecord["onError"];
  readonly #around: Surroundings;
  readonly #record: PluginRecord;
  readonly #handlers: HandlersRecord;
  readonly #undos: Undo[] = [];
  #opened: OpenedPlugin | undefined;
  #broken: Failure | undefined;
  #over = false;

  constructor(around: Surroundings, record: PluginRecord, handlers: HandlersRecord) {
    this.plugin = record.name;
    this.onError = handlers.onError;
    this.#around = around;
    this.#record = record;
    this.#handlers = handlers;
  }

  /** False where it is part of the program, and so as trusted as the rest. */
  get fromDisk(): boolean {
    return this.#handlers.code !== undefined;
  }

  /** Gets the code ready, while there are permissions; that it cannot be had is told by {@linkcode call}. */
  async open(): Promise<void> {
    const { code } = this.#handlers;
    try {
      this.#opened = code ? await this.#openCached(code) : await openBuiltIn(this.#builtIn());
    } catch (thrown) {
      this.#broken = asFailure(thrown);
    }
  }

  async #openCached(code: NonNullable<HandlersRecord["code"]>): Promise<OpenedPlugin> {
    const { host } = this.#around;
    if (!isCached(host, code)) {
      throw this.#gone(`its code was kept in ${code.folder}, and is there no more`);
    }
    checkFolder(host, code.folder, "folder of handlers' code");
    return await openPlugin(code);
  }

  #builtIn(): BuiltIn {
    const found = Object.hasOwn(this.#around.builtin, this.plugin)
      ? this.#around.builtin[this.plugin]
      : undefined;
    if (found) return found;
    throw this.#gone("it was part of the program that planned this container, and is not part of this one");
  }

  #gone(why: string): Failure {
    const remedy = "start the container anew";
    return failure("plugin", { plugin: this.plugin, stage: this.#around.stage, why, remedy });
  }

  /** @throws {Failure} plugin or deadline */
  async call(): Promise<void> {
    const { host, log, stage, state, run } = this.#around;
    const { options, needs } = this.#handlers;
    await this.#within(stage, this.#handlers.timeout, async (opened, signal) => {
      const code = await opened.load();
      const handler = code.on?.[stage];
      if (!handler) throw new Error(`it has no handler for ${stage} any more`);
      const told = ({ message }: Failure) => log("warn", message, { plugin: this.plugin });
      const kept = () => keptBy(host, this.plugin, run, told);
      await handler(state, {
        options: options as HandlerContext["options"],
        carry: this.#record.carry ?? null,
        host: pluginHost(host, this.plugin, stage, needs, options, kept),
        keep: (name, value) => keep(host, this.plugin, run, name, value),
        alone: (work) => alone(host, this.plugin, run, work),
        log: pluginLog(log, this.plugin),
        signal,
        undo: (action) => this.#register(action),
      });
    });
  }

  #register(action: Undo): void {
    if (typeof action !== "function") throw new TypeError("undo takes a function");
    // Whoever goes on after the limit learns here that nobody would take it back any more.
    if (this.#over) throw new Error("undo comes too late: what was registered is being taken back");
    this.#undos.push(action);
  }

  /**
   * Calls what was registered, the last first. All of it shares the time that the handler had, each an equal
   * part: one that hangs does not keep the others from their turn.
   *
   * @returns what could not be taken back
   */
  async takeBack(): Promise<Failure[]> {
    this.#over = true;
    const failures: Failure[] = [];
    for (const undo of this.#undos.toReversed()) {
      const limit = Math.ceil(this.#handlers.timeout / this.#undos.length);
      try {
        await this.#within(`undo of ${this.#around.stage}`, limit, async () => await undo());
      } catch (thrown) {
        failures.push(asFailure(thrown));
      }
    }
    return failures;
  }

  async #within(
    stage: string,
    timeout: number,
    work: (opened: OpenedPlugin, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { plugin } = this;
    const { host, log } = this.#around;
    const explain = (thrown: unknown) => this.#opened!.explain(hintAtHost(thrown));
    using _voice = speakThrough(pluginLog(log, plugin));
    using _end = host.killAfter(timeout + GRACE, this.#lastWords(stage, timeout));
    await callPlugin({ plugin, stage, timeout, explain }, async (signal) => {
      if (this.#broken) throw this.#broken;
      await work(this.#opened!, signal);
      // A rejection that it left behind comes out now.
      await nextTurn();
    });
  }

  /** Where a loop has no end, nobody here can say so any more: before it, to our log; at its end, to stderr. */
  #lastWords(stage: string, timeout: number): string | undefined {
    if (!this.fromDisk) return undefined;
    const { log, state, stage: at } = this.#around;
    const seconds = timeout / 1000;
    log("info", `${stage} is called, and killed unless it ends within ${seconds} s`, { plugin: this.plugin });
    return atStage(at, state, failure("plugin-endless", { plugin: this.plugin, stage, seconds })).message;
  }
}
