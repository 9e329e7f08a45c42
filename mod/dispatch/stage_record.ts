/** Writing down what becomes of each handler of a stage, beside the container's journal entry. */
import { asFailure, type Failure } from "../errors.ts";
import type { HandlerStage } from "../core/oci.ts";
import type { Log } from "../host/own_log.ts";
import { type EventWriter, keptWords, openEvents } from "../state/events.ts";
import type { HandlerRun, StageRun } from "./handler_run.ts";

/** The record of one stage; dispose of it. */
export class StageRecord implements Disposable {
  /** The log to give to the handlers: what each says last is part of the record. */
  readonly log: Log;
  readonly #stage: HandlerStage;
  readonly #events: EventWriter;
  readonly #said = new Map<unknown, string>();

  /** @param token Of the journal entry. */
  constructor({ host, log, run, stage }: StageRun, token: string) {
    this.#stage = stage;
    this.#events = openEvents(host, run, token);
    this.log = (level, message, fields) => {
      this.#said.set(fields?.plugin, message);
      log(level, message, fields);
    };
  }

  /** Calls a handler. @throws {Failure} what it fails with */
  async call(handler: HandlerRun): Promise<void> {
    const { plugin, onError } = handler;
    const from = performance.now();
    this.#events.write({ event: "called", stage: this.#stage, plugin });
    try {
      await handler.call();
      this.#ended(plugin, "done", from, this.#said.get(plugin));
    } catch (thrown) {
      const why = asFailure(thrown);
      this.#ended(plugin, onError === "warn" ? "forgiven" : "failed", from, why.what);
      throw why;
    }
  }

  #ended(plugin: string, result: "done" | "failed" | "forgiven", from: number, said?: string): void {
    const took = Math.round((performance.now() - from) * 1000) / 1000;
    const words = said === undefined ? {} : { said: keptWords(said) };
    this.#events.write({ event: "ended", stage: this.#stage, plugin, result, took, ...words });
  }

  /** Writes down that what a handler had done was taken back. */
  undone(plugin: string, failures: readonly Failure[]): void {
    const failed = failures.map(({ what }) => keptWords(what));
    this.#events.write({ event: "undone", stage: this.#stage, plugin, failed });
  }

  [Symbol.dispose](): void {
    this.#events[Symbol.dispose]();
  }
}
