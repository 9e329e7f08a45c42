/** One plugin's handler at one stage: opened, called within its time, and taken back where that is needed. */
import type { HandlerContext, PluginHost, State } from "../api/plugin.ts";
import type { HandlerStage } from "../core/oci.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import { checkFolder } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { nextTurn } from "../host/timer.ts";
import type { HandlersRecord, PluginRecord } from "../state/journal.ts";
import { alone, keep } from "../state/kept.ts";
import { valuesOf } from "../state/plugin_values.ts";
import { store } from "../state/stored.ts";
import type { StageNote } from "../state/stages_at_work.ts";
import type { BuiltIn, BuiltIns } from "../plugin/built_in.ts";
import { callPlugin } from "../plugin/call_plugin.ts";
import { isCached } from "../plugin/cached.ts";
import { pluginHost, pluginLog } from "../plugin/plugin_host.ts";
import {
  builtInHandlers,
  type HandlerCode,
  isolatedHandlers,
  isolatesOfTheirOwn,
  type LendIsolate,
} from "./handler_code.ts";

/** What all handlers of one dispatch have in common. */
export interface StageRun {
  host: Host;
  /** Its lines say which container they are about. */
  log: Log;
  stage: HandlerStage;
  state: State;
  builtin: BuiltIns;
  /** The run folder whose journal the container is in: a hook's environment does not say which. */
  run: string;
  /** The module that isolates start with. */
  module: string;
  /** Where isolates are had. Default: each handler has one of its own. */
  lend?: LendIsolate;
  /** Aborted where nobody waits for the stage any more: the handler that runs is ended, and taken back. */
  gone?: AbortSignal;
  /** What is on record of the stage, where somebody else has to take it back if this process is killed. */
  note?: Pick<StageNote, "begins">;
}

/** Milliseconds beyond its own limit after which a built-in handler that never returns ends with this process. */
const GRACE = 1000;

/** A handler and what it registered. */
export class HandlerRun implements Disposable {
  readonly plugin: string;
  readonly onError: HandlersRecord["onError"];
  readonly #around: StageRun;
  readonly #record: PluginRecord;
  readonly handlers: HandlersRecord;
  /** What was left running ends with it, as it would with this process. */
  readonly #over = new AbortController();
  #code: HandlerCode | undefined;
  #broken: Failure | undefined;

  /** Gets the code ready, none of it run; that it cannot be had is told by {@linkcode call}. */
  constructor(around: StageRun, record: PluginRecord, handlers: HandlersRecord) {
    this.plugin = record.name;
    this.onError = handlers.onError;
    this.#around = around;
    this.#record = record;
    this.handlers = handlers;
    try {
      this.#code = this.#open();
    } catch (thrown) {
      this.#broken = asFailure(thrown);
    }
  }

  #open(): HandlerCode {
    const { host, module, lend = isolatesOfTheirOwn(module) } = this.#around;
    const { code } = this.handlers;
    if (!code) {
      const { load } = this.#builtIn();
      return builtInHandlers(async () => (await load()).default);
    }
    if (!isCached(host, code)) throw this.#gone(`its code was kept in ${code.folder}, and is there no more`);
    checkFolder(host, code.folder, "folder of handlers' code");
    return isolatedHandlers(host, this.plugin, lend, code);
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
    const { host, log, stage, state, run, gone } = this.#around;
    const { options, needs } = this.handlers;
    const goesOn = () => this.#refuseAfterwards();
    await this.#within(stage, this.handlers.timeout, async (code, signal) => {
      const told = ({ message }: Failure) => log("warn", message, { plugin: this.plugin });
      const values = valuesOf(host, this.plugin, run, told);
      await code.call(stage, state, {
        options: options as HandlerContext["options"],
        carry: this.#record.carry ?? null,
        host: guarded(
          pluginHost(host, this.plugin, stage, needs, options, values, this.#over.signal),
          goesOn,
        ),
        keep: (name, value) => (goesOn(), keep(host, this.plugin, run, name, value)),
        store: (name, value) => (goesOn(), store(host, this.plugin, name, value)),
        // It may have waited for others until long after its limit.
        alone: (work) => alone(host, this.plugin, run, async () => (goesOn(), await work())),
        log: pluginLog(log, this.plugin),
        signal,
      });
    }, gone);
  }

  /** Code that goes on after its stage has ended would find nobody to take back what it does. */
  #refuseAfterwards(): void {
    if (!this.#over.signal.aborted) return;
    const why = "it goes on after its stage has ended";
    throw failure("plugin", { plugin: this.plugin, stage: this.#around.stage, why });
  }

  /**
   * Calls what was registered, the last first. All of it shares the time that the handler had, each an equal
   * part of what is left: one that hangs does not keep the others from their turn.
   *
   * @returns how many were registered, and what could not be taken back
   */
  async takeBack(): Promise<{ registered: number; failures: Failure[] }> {
    const failures: Failure[] = [];
    const undos = this.#code?.undos() ?? [];
    const { now } = this.#around.host;
    const until = now() + this.handlers.timeout;
    const stage = `undo of ${this.#around.stage}`;
    for (const [left, undo] of [...undos.entries()].reverse()) {
      const limit = Math.max(1, Math.ceil((until - now()) / (left + 1)));
      try {
        await this.#within(stage, limit, async (_, signal) => await undo(signal));
      } catch (thrown) {
        failures.push(asFailure(thrown));
        if (this.#code!.gavePlace()) continue;
        const why = `its code does not give way, so what it registered cannot be called (${left + 1} left)`;
        failures.push(
          failure("plugin", { plugin: this.plugin, stage, why, remedy: "put away by hand what it did" }),
        );
        break;
      }
    }
    return { registered: undos.length, failures };
  }

  async #within(
    stage: string,
    timeout: number,
    work: (code: HandlerCode, signal: AbortSignal) => Promise<void>,
    gone?: AbortSignal,
  ): Promise<void> {
    const { plugin } = this;
    using _end = this.handlers.code ? undefined : this.#around.host.killAfter(timeout + GRACE);
    await callPlugin(
      { plugin, stage, timeout, explain: (thrown) => this.#code!.explain(thrown), gone },
      async (signal) => {
        if (this.#broken) throw this.#broken;
        await work(this.#code!, signal);
        // A rejection that it left behind comes out now; an isolate has told its own with the answer.
        if (!this.handlers.code) await nextTurn();
      },
    );
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#code?.[Symbol.dispose]();
  }
}

/** The same, asking first. */
function guarded(host: PluginHost, ask: () => void): PluginHost {
  const methods = Object.entries(host).map(([name, method]) => [
    name,
    (...args: unknown[]) => (ask(), (method as (...args: unknown[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(methods);
}
