/**
 * Isolates that are kept warm: each is one plugin's alone, and answers about one container after the other.
 *
 * A plugin that waits holds up nobody, since who asks it meanwhile gets another isolate of it. What a plugin keeps
 * in variables of its modules is all that lasts from one container to the next.
 */
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import type { Isolates, Place } from "../plan/open_code.ts";
import { Isolate } from "../sandbox/isolate.ts";

/** Containers that one isolate is asked about; then another takes its place, with whatever it has gathered. */
const CONTAINERS = 300;
/** Milliseconds after which an isolate that nobody needs is given up: some 10 MB of memory. */
const UNUSED = 600_000;

interface Kept {
  isolate: Isolate;
  /** Folder of the plugin's code, which is named after its content. */
  folder: string;
  asked: number;
  /** Milliseconds since 1970. */
  usedAt: number;
}

/** Keeps the isolates of the service that nobody uses at the moment. */
export class IsolatePool {
  readonly #module: string;
  #free: Kept[] = [];

  /** @param module The module that isolates start with: the program's isolate.ts. */
  constructor(module: string) {
    this.#module = module;
  }

  /** Lends isolates to one create. */
  lend(): Isolates {
    return new Lent(this);
  }

  /** Takes an isolate of this plugin, and starts one where none is free. @throws where it cannot be had */
  async take({ code }: ConfiguredPlugin): Promise<Kept> {
    const at = this.#free.findLastIndex(({ folder }) => folder === code!.folder);
    if (at !== -1) return this.#free.splice(at, 1)[0]!;
    const isolate = await Isolate.start(this.#module, [code!]);
    return { isolate, folder: code!.folder, asked: 0, usedAt: 0 };
  }

  give(kept: Kept, now = Date.now()): void {
    kept.asked++;
    kept.usedAt = now;
    if (kept.asked >= CONTAINERS || kept.isolate.ended) kept.isolate[Symbol.dispose]();
    else this.#free.push(kept);
  }

  /** Gives up what has not been used for long. */
  sweep(now = Date.now()): void {
    const unused = this.#free.filter(({ usedAt }) => now - usedAt > UNUSED);
    for (const { isolate } of unused) isolate[Symbol.dispose]();
    this.#free = this.#free.filter((kept) => !unused.includes(kept));
  }

  /** How many wait to be used. */
  get size(): number {
    return this.#free.length;
  }
}

/** One create asks its plugins one after the other: what it has is given back when it asks the next. */
class Lent implements Isolates {
  readonly #pool: IsolatePool;
  #kept: Kept | undefined;

  constructor(pool: IsolatePool) {
    this.#pool = pool;
  }

  async placeOf(plugin: ConfiguredPlugin): Promise<Place> {
    this.#giveBack();
    const { isolate } = this.#kept = await this.#pool.take(plugin);
    return { isolate, plugin: 0, before: [] };
  }

  end(): void {
    this.#kept?.isolate[Symbol.dispose]();
    this.#kept = undefined;
  }

  #giveBack(): void {
    if (this.#kept) this.#pool.give(this.#kept);
    this.#kept = undefined;
  }

  [Symbol.dispose](): void {
    this.#giveBack();
  }
}
