/**
 * Timers for plugins: of functions alone, since a text would be code that the loader has not seen, and without
 * Node's, whose code would be loaded after all that is shared was frozen.
 */
import { after } from "../host/timer.ts";
import { refuse } from "./code_from_text.ts";

/** Longer ones fire at once in a browser and in Node; here they last this long, which outlasts any plugin. */
const LONGEST = 2 ** 31 - 1;

type Action = (...args: unknown[]) => void;

/** The timers that run. */
export interface Timers {
  /** Stops all of them: what a call has left behind must not run while another plugin is asked. */
  stopAll(): void;
}

/** Puts them in the place of this isolate's own. */
export function replaceTimers(): Timers {
  const running = new Map<number, Disposable>();
  let last = 0;

  function start(again: boolean, action: unknown, delay: unknown, args: unknown[]): number {
    if (typeof action !== "function") return refuse();
    const asked = Number(delay ?? 0);
    const milliseconds = Number.isFinite(asked) ? Math.min(Math.max(Math.trunc(asked), 0), LONGEST) : 0;
    const id = ++last;
    const arm = () => running.set(id, after(milliseconds, fire));
    const fire = () => {
      if (again) arm();
      else running.delete(id);
      (action as Action)(...args);
    };
    arm();
    return id;
  }

  function stop(id: unknown): void {
    running.get(id as number)?.[Symbol.dispose]();
    running.delete(id as number);
  }

  function timeout(milliseconds: unknown): AbortSignal {
    const controller = new AbortController();
    start(
      false,
      () => controller.abort(new DOMException("Signal timed out.", "TimeoutError")),
      milliseconds,
      [],
    );
    return controller.signal;
  }

  Object.defineProperty(AbortSignal, "timeout", { value: timeout });
  // Its limit is a timer that nobody can stop.
  Reflect.deleteProperty(Atomics, "waitAsync");
  Object.assign(globalThis, {
    setTimeout: (action: unknown, delay?: unknown, ...args: unknown[]) => start(false, action, delay, args),
    setInterval: (action: unknown, delay?: unknown, ...args: unknown[]) => start(true, action, delay, args),
    clearTimeout: stop,
    clearInterval: stop,
  });
  return {
    stopAll() {
      for (const timer of running.values()) timer[Symbol.dispose]();
      running.clear();
    },
  };
}
