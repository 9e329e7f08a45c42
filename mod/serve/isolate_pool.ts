/**
 * Isolates that are kept warm: each is one plugin's alone, and answers about one container after the other.
 *
 * A plugin that waits holds up nobody, since who asks it meanwhile gets another isolate of it. What a plugin keeps
 * in variables of its modules is all that lasts from one container to the next: an isolate is lent again once it has
 * said that nothing of the last one runs there any more.
 */
import { after, pause } from "../host/timer.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import type { LendIsolate } from "../dispatch/handler_code.ts";
import type { Isolates, Place } from "../plan/open_code.ts";
import type { CachedPlugin } from "../plugin/cached.ts";
import { Isolate } from "../sandbox/isolate.ts";

/** Containers that one isolate is asked about; then another takes its place, with whatever it has gathered. */
const CONTAINERS = 300;
/** Bytes that an isolate may have in use after a container: a plugin that gathers more starts anew. */
const MEMORY = 64 * 1024 * 1024;
/** Milliseconds after which an isolate that nobody needs is given up: some 10 MB of memory. */
const UNUSED = 600_000;
/** Milliseconds within which an isolate says that nothing runs there; one that loops never does. */
const SETTLING = 2000;

/** Milliseconds for which one is waited for that is about to be free: less than it takes to start another. */
const SOON = 10;

/** An isolate of one plugin. */
interface Kept {
  isolate: Isolate;
  /** Folder of the plugin's code, which is named after its content. */
  folder: string;
  /** Containers that it was asked about. */
  asked: number;
  /** By `performance.now`. */
  usedAt: number;
}

/** Keeps the isolates of the service that nobody uses at the moment. */
export class IsolatePool {
  readonly #module: string;
  #free: Kept[] = [];
  /** Those that were given back and are not free yet. */
  readonly #settling = new Map<Kept, Promise<void>>();

  /** @param module The module that isolates start with: the program's isolate.ts. */
  constructor(module: string) {
    this.#module = module;
  }

  /** Lends isolates to one create. */
  lend(): Isolates {
    return new Lent(this);
  }

  /** Takes an isolate of this plugin that is free, or is about to be; undefined where none is. */
  async takeUsed({ folder }: CachedPlugin): Promise<Kept | undefined> {
    const free = this.#takeFree(folder);
    const settling = [...this.#settling].flatMap(([kept, settled]) =>
      kept.folder === folder ? [settled] : []
    );
    if (free || settling.length === 0) return free;
    await Promise.race([...settling, pause(SOON)]);
    return this.#takeFree(folder);
  }

  #takeFree(code: string): Kept | undefined {
    this.#free = this.#free.filter(({ isolate }) => !isolate.ended);
    const at = this.#free.findLastIndex(({ folder }) => folder === code);
    return at === -1 ? undefined : this.#free.splice(at, 1)[0];
  }

  /** Starts an isolate of this plugin. @throws where it cannot be had */
  async start(code: CachedPlugin): Promise<Kept> {
    const isolate = await Isolate.start(this.#module, [code]);
    return { isolate, folder: code.folder, asked: 0, usedAt: performance.now() };
  }

  /** Lends isolates to handlers. */
  readonly lendTo: LendIsolate = async (code) => {
    const kept = await this.takeUsed(code) ?? await this.start(code);
    return {
      isolate: kept.isolate,
      give: (whole) => {
        if (whole) void this.give(kept);
        else kept.isolate[Symbol.dispose]();
      },
    };
  };

  /** Takes one back that was asked about a container; it is free when nothing of that is left there. */
  async give(kept: Kept, now = performance.now()): Promise<void> {
    kept.asked++;
    kept.usedAt = now;
    const settled = this.#settle(kept);
    this.#settling.set(kept, settled);
    await settled;
    this.#settling.delete(kept);
  }

  async #settle(kept: Kept): Promise<void> {
    const { isolate } = kept;
    using _limit = after(SETTLING, () => isolate[Symbol.dispose]());
    const used = kept.asked < CONTAINERS ? await isolate.settle() : undefined;
    if (used === undefined || used > MEMORY) isolate[Symbol.dispose]();
    else this.keep(kept);
  }

  /** Takes one back that was not asked. */
  keep(kept: Kept): void {
    this.#free.push(kept);
  }

  /** Gives up what has not been used for long. */
  sweep(now = performance.now()): void {
    const unused = this.#free.filter(({ usedAt }) => now - usedAt > UNUSED);
    for (const { isolate } of unused) isolate[Symbol.dispose]();
    this.#free = this.#free.filter((kept) => !unused.includes(kept));
  }

  /** How many wait to be used. */
  get size(): number {
    return this.#free.length;
  }
}

/** What one create has: each of its plugins an isolate, given back at its end. */
class Lent implements Isolates {
  readonly areApart = true;
  readonly #pool: IsolatePool;
  readonly #kept = new Map<ConfiguredPlugin, Kept>();
  /** How often a plugin's isolate was given up; it is asked where nobody was asked before from then on. */
  readonly #givenUp = new Map<ConfiguredPlugin, number>();
  #ended = false;

  constructor(pool: IsolatePool) {
    this.#pool = pool;
  }

  async placeOf(plugin: ConfiguredPlugin): Promise<Place> {
    const turn = this.#turnOf(plugin);
    const kept = (turn === 0 ? await this.#pool.takeUsed(plugin.code!) : undefined) ??
      await this.#pool.start(plugin.code!);
    if (this.#ended || turn !== this.#turnOf(plugin)) {
      // Its time was up before it had come to be.
      this.#pool.keep(kept);
      throw new Error("nobody waits for it any more");
    }
    this.#kept.set(plugin, kept);
    return { isolate: kept.isolate, plugin: 0, before: kept.asked > 0 ? [plugin.manifest.name] : [] };
  }

  #turnOf(plugin: ConfiguredPlugin): number {
    return this.#givenUp.get(plugin) ?? 0;
  }

  end(plugin: ConfiguredPlugin): void {
    this.#givenUp.set(plugin, this.#turnOf(plugin) + 1);
    this.#kept.get(plugin)?.isolate[Symbol.dispose]();
    this.#kept.delete(plugin);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const kept of this.#kept.values()) void this.#pool.give(kept);
    this.#kept.clear();
  }
}
