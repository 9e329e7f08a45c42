/** Turns: so many do something at once, and the others wait for one of them to end, but not for long. */

/** Hands out turns. */
export class TurnsInTime {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many have one at once. */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Gets a turn, which ends when it is disposed of.
   *
   * @param limit Resolves when waiting makes no sense any more.
   * @returns undefined where `limit` came first
   */
  async take(limit: Promise<unknown>): Promise<Disposable | undefined> {
    if (this.#free > 0) this.#free--;
    else if (!await this.#wait(limit)) return undefined;
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        const next = this.#waiting.shift();
        if (next) next();
        else this.#free++;
      },
    };
  }

  async #wait(limit: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const begin = () => resolve(true);
    this.#waiting.push(begin);
    void limit.then(() => {
      const at = this.#waiting.indexOf(begin);
      if (at !== -1) this.#waiting.splice(at, 1);
      resolve(false);
    });
    return await promise;
  }
}
