/** The code of a create's plugins: what is part of the program runs here, what lies on the disk in an isolate. */
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import { Isolate } from "../sandbox/isolate.ts";

/** A plugin that can be asked, and who was before it in the same isolate. */
export interface Place {
  isolate: Isolate;
  /** Its place among the isolate's plugins. */
  plugin: number;
  /** Names of the plugins that have been asked there. */
  before: readonly string[];
}

/** Where a create asks its plugins from the disk; disposing of it ends or gives back what it has. */
export interface Isolates extends Disposable {
  /** Whether each plugin has an isolate of its own, so that all may be asked at once. */
  readonly areApart: boolean;
  /** Finds the isolate in which `plugin` is asked. @throws where none can be had */
  placeOf(plugin: ConfiguredPlugin): Promise<Place>;
  /** Ends what runs where `plugin` was asked, after a fault: it is not used again. */
  end(plugin: ConfiguredPlugin): void;
}

/**
 * Starts an isolate where one is needed whatever the container turns out to be; it loads its modules meanwhile.
 *
 * @param module The module that isolates start with: the program's isolate.ts.
 * @param plugins All that are switched on.
 */
export function beginIsolate(module: string, plugins: readonly ConfiguredPlugin[]): Isolate | undefined {
  return plugins.some(isAlwaysAsked) ? new Isolate(module) : undefined;
}

function isAlwaysAsked({ code, manifest: { when = {} }, when: narrowed }: ConfiguredPlugin): boolean {
  return code !== undefined && when.always === true && Object.keys(when).length === 1 &&
    narrowed === undefined;
}

/**
 * The isolate of one create. All plugins from the disk share it, since making one takes longer than asking many; after
 * a fault in it, those that follow get a new one.
 */
export class SharedIsolate implements Isolates {
  readonly areApart = false;
  readonly #module: string;
  readonly #plugins: readonly ConfiguredPlugin[];
  #isolate: Promise<Isolate> | undefined;
  #asked: string[] = [];

  /**
   * @param module The module that isolates start with: the program's isolate.ts.
   * @param plugins Those that will be asked; an isolate is made at once if code of any lies on the disk.
   * @param begun One that was started before it was known who is asked, and is taken for the first.
   */
  constructor(module: string, plugins: readonly ConfiguredPlugin[], begun?: Isolate) {
    this.#module = module;
    this.#plugins = plugins.filter(({ code }) => code !== undefined);
    if (this.#plugins.length > 0) void this.#open(begun);
  }

  #open(isolate = new Isolate(this.#module)): Promise<Isolate> {
    const starting = isolate.open(this.#plugins.map(({ code }) => code!)).then(() => isolate);
    // Told to whoever asks; before that it is nobody's fault.
    starting.catch(() => {});
    return this.#isolate = starting;
  }

  async placeOf(plugin: ConfiguredPlugin): Promise<Place> {
    const isolate = await (this.#isolate ?? this.#open());
    const before = [...this.#asked];
    this.#asked.push(plugin.manifest.name);
    return { isolate, plugin: this.#plugins.findIndex((each) => each === plugin), before };
  }

  end(): void {
    this.#isolate?.then((isolate) => isolate[Symbol.dispose](), () => {});
    this.#isolate = undefined;
    this.#asked = [];
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
