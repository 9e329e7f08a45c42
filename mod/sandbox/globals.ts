/** Taking away what leads around `host`: a plugin that reaches for it gets a ReferenceError with its line. */
import { lookAtThrown } from "../core/thrown.ts";

/**
 * Ways to the outside, to this process's end, and to another isolate that would have them all again.
 *
 * Most are without effect once permissions are dropped. `Deno`, `process` and `close` can end the process with
 * status 0 and write to standard output all the same.
 */
export const WITHHELD = [
  ...["Deno", "process", "global", "Buffer", "setImmediate", "clearImmediate"],
  ...["close", "alert", "confirm", "prompt", "reportError"],
  ...["Worker", "fetch", "WebSocket", "EventSource", "caches", "localStorage", "sessionStorage", "navigator"],
] as const;

/** Removes them from this isolate. */
export function withholdGlobals(): void {
  for (const name of WITHHELD) delete (globalThis as unknown as Record<string, unknown>)[name];
}

/** An error that comes from reaching for one of them, with the remedy; anything else as it was thrown. */
export function hintAtHost(thrown: unknown): unknown {
  const texts = lookAtThrown(thrown);
  const [, name = ""] = /^(\w+) is not defined$/.exec(texts.message) ?? [];
  if (texts.name !== "ReferenceError" || !(WITHHELD as readonly string[]).includes(name)) return thrown;
  return { ...texts, remedy: "plugins reach the outside through `host` alone, and say in `needs` what" };
}
