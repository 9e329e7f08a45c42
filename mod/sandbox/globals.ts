/** Taking away what leads around `host`: a plugin that reaches for it gets a ReferenceError with its line. */
import { lookAtThrown } from "../core/thrown.ts";

/**
 * Ways to the outside, to this isolate's end, to the core beside our own messages, and to another isolate.
 *
 * Most are without effect in an isolate without permissions. `Deno` and `process` write to descriptors all the same.
 */
export const WITHHELD = [
  ...["Deno", "process", "global", "Buffer", "setImmediate", "clearImmediate"],
  ...["close", "alert", "confirm", "prompt", "reportError", "postMessage", "onmessage", "BroadcastChannel"],
  ...["Worker", "fetch", "WebSocket", "WebSocketStream", "EventSource", "caches", "navigator"],
  ...["localStorage", "sessionStorage", "MessageChannel", "MessagePort"],
] as const;

/** Removes them from this isolate. */
export function withholdGlobals(): void {
  for (const name of WITHHELD) delete (globalThis as unknown as Record<string, unknown>)[name];
}

/** Adds the remedy to an error that comes from reaching for one of them; anything else stays as it was thrown. */
export function hintAtHost(thrown: unknown): unknown {
  const texts = lookAtThrown(thrown);
  const [, name = ""] = /^(\w+) is not defined$/.exec(texts.message) ?? [];
  if (texts.name !== "ReferenceError" || !(WITHHELD as readonly string[]).includes(name)) return thrown;
  return { ...texts, remedy: "plugins reach the outside through `host` alone, and say in `needs` what" };
}
