/** The code of a create's plugins: what is part of the program runs here, what lies on the disk in an isolate. */
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import { Isolate } from "../sandbox/isolate.ts";

/** A plugin that can be asked, and who was before it in the same isolate. */
interface Place {
  isolate: Isolate;
  /** Its place among the isolate's plugins. */
  plugin: number;
  /** Names of the plugins that have been asked there. */
  before: readonly string[];
}

/**
 * The isolate of one create. All plugins from the disk share it, since making one takes longer than asking many; after
 * a fault in it, those that follow get a new one.
 */
export class SharedIsolate implements Disposable {
  readonly #module: string;
  readonly #plugins: readonly ConfiguredPlugin[];
  #isolate: Promise<Isolate> | undefined;
  #asked: string[] = [];

  /**
   * @param module The module that isolates start with: the program's isolate.ts.
   * @param plugins Those that will be asked; a new isolate is made at once if code of any lies on the disk.
   */
  constructor(module: string, plugins: readonly ConfiguredPlugin[]) {
    this.#module = module;
    this.#plugins = plugins.filter(({ code }) => code !== undefined);
    if (this.#plugins.length > 0) void this.#open();
  }

  #open(): Promise<Isolate> {
    const starting = Isolate.start(this.#module, this.#plugins.map(({ code }) => code!));
    // Told to whoever asks; before that it is nobody's fault.
    starting.catch(() => {});
    return this.#isolate = starting;
  }

  /** Finds the isolate in which `plugin` is asked. @throws where an isolate cannot be had */
  async placeOf(plugin: ConfiguredPlugin): Promise<Place> {
    const isolate = await (this.#isolate ?? this.#open());
    const before = [...this.#asked];
    this.#asked.push(plugin.manifest.name);
    return { isolate, plugin: this.#plugins.findIndex((each) => each === plugin), before };
  }

  /** Ends what runs in the isolate; whoever is asked next gets a new one. */
  end(): void {
    this.#isolate?.then((isolate) => isolate[Symbol.dispose](), () => {});
    this.#isolate = undefined;
    this.#asked = [];
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
