/**
 * Remembers which plugins end the service: an isolate that runs out of memory takes the whole process with it, and
 * only the next one can tell.
 *
 * A plugin that has not answered for a while is written down, and taken away when it has: filling all memory takes
 * seconds, and who is killed by somebody else is hardly ever found in such a moment. What is found there at a start
 * was being asked when the last service ended. A plugin that was found twice is not asked by the service any more,
 * until its code changes.
 */
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { after } from "../host/timer.ts";
import type { Index } from "../index/entries.ts";

/** Milliseconds after which a plugin that is being asked is written down. */
const A_WHILE = 300;
/** Ends of the service that a plugin is given. */
const ENDS = 2;
const LIMIT = 1024 * 1024;

/** How often the service ended while a plugin was asked, by the folder of its code. */
type Ends = Record<string, number>;

/** Knows the plugins that are being asked now, and those that the service is not to ask. */
export class LastAsked {
  readonly #host: Host;
  readonly #folder: string;
  readonly #codeOf: Map<string, string>;
  readonly #ends: Ends;
  readonly #asking: string[] = [];

  /** Counts what the last service was asking when it ended. */
  constructor(host: Host, folder: string, { plugins }: Pick<Index, "plugins">) {
    this.#host = host;
    this.#folder = folder;
    this.#codeOf = new Map(
      plugins.flatMap((plugin) =>
        plugin.state === "ready" && plugin.cached ? [[plugin.name, plugin.cached.folder]] : []
      ),
    );
    this.#ends = this.#count();
  }

  #count(): Ends {
    const ends = readJson<Ends>(this.#host, this.#path("ends")) ?? {};
    const asked = readJson<string[]>(this.#host, this.#path("asking")) ?? [];
    discard(this.#host, this.#path("asking"));
    const known = [...this.#codeOf.values()];
    const counted: Ends = {};
    for (const code of known) {
      const count = (ends[code] ?? 0) + (asked.includes(code) ? 1 : 0);
      if (count > 0) counted[code] = count;
    }
    write(this.#host, this.#path("ends"), counted);
    return counted;
  }

  /** Names the plugins that have ended the service too often. */
  tooOften(): string[] {
    return [...this.#codeOf].filter(([, code]) => (this.#ends[code] ?? 0) >= ENDS).map(([name]) => name);
  }

  /** Notes that a plugin is asked, until what is returned is disposed of. */
  asking(plugin: string): Disposable {
    const code = this.#codeOf.get(plugin);
    if (code === undefined) return { [Symbol.dispose]() {} };
    let isWritten = false;
    const timer = after(A_WHILE, () => {
      isWritten = true;
      this.#writeDown(code);
    });
    return {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        if (isWritten) this.#answered(code);
      },
    };
  }

  #writeDown(code: string): void {
    this.#asking.push(code);
    write(this.#host, this.#path("asking"), this.#asking);
  }

  #answered(code: string): void {
    this.#asking.splice(this.#asking.indexOf(code), 1);
    write(this.#host, this.#path("asking"), this.#asking);
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

function readJson<T>(host: Host, path: string): T | undefined {
  if (!host.lstat(path)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(readTrusted(host, path, "file of the service", LIMIT).bytes));
  } catch {
    // Half of it, after a disk was full: what it would have counted is found out anew.
    return undefined;
  }
}

function write(host: Host, path: string, value: unknown): void {
  try {
    replaceFile(host, path, "file of the service", new TextEncoder().encode(JSON.stringify(value)), {
      temporary: `${path}.new`,
      mode: 0o600,
      durable: false,
    });
  } catch {
    // Without it a plugin gets more tries than it is given.
  }
}
