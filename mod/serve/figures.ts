/** What a service has done so far, for `serve --status`. */

/** Answers whose time is kept. */
const KEPT = 1024;

/** What a status tells. Times are milliseconds. */
export interface Figures {
  warm: number;
  refused: number;
  /** How many were sent away, by the reason. */
  cold: Record<string, number>;
  /** Of the last 1024 answers; absent before the first. */
  median?: number;
  p99?: number;
}

/** Counts answers by what they say, and remembers how long they took. */
export class Counter {
  readonly #times: number[] = [];
  readonly #cold = new Map<string, number>();
  #next = 0;
  #warm = 0;
  #refused = 0;

  /** @param words Of an answer: "edited ...", "nothing ...", "ended STATUS", "refused SENTENCE", "cold WHY". */
  count(words: string, milliseconds: number): void {
    const [kind, ...why] = words.split(" ");
    if (kind === "cold") this.sentAway(why.join(" "));
    else {
      this.#times[this.#next++ % KEPT] = milliseconds;
      if (kind === "refused" || (kind === "ended" && why[0] !== "0")) this.#refused++;
      else this.#warm++;
    }
  }

  sentAway(why: string): void {
    this.#cold.set(why, (this.#cold.get(why) ?? 0) + 1);
  }

  /** How many were refused or planned. */
  get answered(): number {
    return this.#warm + this.#refused;
  }

  figures(): Figures {
    const sorted = [...this.#times].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return {
      warm: this.#warm,
      refused: this.#refused,
      cold: Object.fromEntries(this.#cold),
      ...(sorted.length > 0 ? { median: at(0.5), p99: at(0.99) } : {}),
    };
  }
}
