/**
 * Whose turn it is to plan: creates of the service wait in the order in which they came, and only those that plan
 * hold one of the slots that all planners of this host share. A thousand that wait for a file's lock would each
 * hold a thread, and all of them wait for the same one.
 */
import type { Host } from "../host/host.ts";
import { DEFAULT_SLOTS, takeSlot } from "../state/slots.ts";

/** The turns of one process. */
export class Turns {
  readonly #host: Host;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Waits for a turn; it is given back when it is disposed.
   *
   * @param count As many plan at once; 0: {@linkcode DEFAULT_SLOTS}.
   * @throws {Failure} file-unwritable
   */
  async take(count: number): Promise<Disposable> {
    if (this.#taken >= (count || DEFAULT_SLOTS)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#taken++;
    try {
      const slot = await takeSlot(this.#host, count);
      return {
        [Symbol.dispose]: () => {
          slot[Symbol.dispose]();
          this.#next();
        },
      };
    } catch (thrown) {
      this.#next();
      throw thrown;
    }
  }

  /** Hands the turn on, or leaves it. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken--;
  }
}
