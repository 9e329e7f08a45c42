/** The isolate's calls of the core: what `host` and its kin come to there. */
import type { CallName, FromIsolate, HostOutcome } from "./messages.ts";
import { askAndWait } from "./sync_call.ts";

/** What the core has called, with what takes its work back. */
export interface Session {
  /** The number of the call that is going on. */
  call: number;
}

/** Calls that are answered while the thread stands still, or by a reply. */
export class OutsideCalls {
  readonly #replies = new Map<number, (outcome: HostOutcome) => void>();
  /** Errors that a failure of the core was thrown as, and which one it was. */
  readonly #failures = new WeakMap<object, number>();
  #asked = 0;

  constructor(
    private readonly send: (message: FromIsolate) => void,
    private readonly buffer: SharedArrayBuffer,
  ) {}

  /** A call of the core that is waited for, this thread standing still. */
  now(session: Session, name: CallName) {
    return (...args: unknown[]) => {
      const ask = () => this.send({ kind: "outside", call: session.call, name, args });
      return this.#valueOf(askAndWait(this.buffer, ask)) as never;
    };
  }

  /** A call of the core that is answered by a reply. */
  later(session: Session, name: CallName) {
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

  /** Whoever waits for an answer waits for ever from here on. */
  forget(): void {
    this.#replies.clear();
  }

  /** The core has answered a call. */
  replied(id: number, outcome: HostOutcome): void {
    this.#replies.get(id)?.(outcome);
  }

  /** Which failure of the core it is that was thrown; undefined where it is none. */
  failureOf(thrown: unknown): number | undefined {
    return typeof thrown === "object" && thrown !== null ? this.#failures.get(thrown) : undefined;
  }

  /** Thrown here, so that its stack leads to the plugin's line. */
  #valueOf({ value, thrown }: HostOutcome): unknown {
    if (!thrown) return value;
    const { message, remedy, failure } = thrown;
    const error = Object.assign(new Error(message), remedy === undefined ? {} : { remedy });
    if (failure !== undefined) this.#failures.set(error, failure);
    throw error;
  }
}
