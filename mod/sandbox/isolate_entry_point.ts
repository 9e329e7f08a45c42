/**
 * The isolate's side: opens the plugins that it is told of, gives up every permission, and calls them as the core
 * asks, until it is ended from outside.
 */
import { lookAtThrown } from "../core/thrown.ts";
import { memoryInUse } from "../host/memory_in_use.ts";
import { dropPermissions } from "../host/permissions.ts";
import { openPlugin } from "../plugin/load.ts";
import { refuseCodeFromText } from "./code_from_text.ts";
import { replaceConsole } from "./console.ts";
import { withholdGlobals } from "./globals.ts";
import type { Opening, ToIsolate } from "./messages.ts";
import { PluginServer, type Send } from "./plugin_server.ts";
import { replaceTimers } from "./timers.ts";

// As they were before a plugin's first line: it may exchange them.
const { apply } = Reflect;
const { preventDefault, stopImmediatePropagation } = Event.prototype;

/** Listens to the core from here on. */
export function serveIsolate(): void {
  const { postMessage } = globalThis as unknown as { postMessage: Send };
  const send: Send = (message) => postMessage(message);
  let server: PluginServer | undefined;

  addEventListener("message", async (event) => {
    // A listener that a plugin adds would hear of every later container.
    apply(stopImmediatePropagation, event, []);
    const data: ToIsolate = (event as MessageEvent).data;
    if (server) return server.hear(data);
    if (!("open" in data)) return;
    try {
      server = await opened(send, data);
      send({ kind: "opened" });
    } catch (thrown) {
      send({ kind: "thrown", call: 0, thrown: lookAtThrown(thrown) });
    }
  });
}

async function opened(
  send: Send,
  { open, buffer }: Opening,
): Promise<PluginServer> {
  const loads = await Promise.all(open.map(openPlugin));
  dropPermissions();
  refuseCodeFromText();
  const timers = replaceTimers();
  const server = new PluginServer(send, loads, timers, buffer, () => memoryInUse().isolate);
  for (const [type, field] of [["unhandledrejection", "reason"], ["error", "error"]] as const) {
    addEventListener(type, (event) => {
      // Otherwise Deno prints it as it is, with a stack, and ends the isolate.
      apply(preventDefault, event, []);
      apply(stopImmediatePropagation, event, []);
      try {
        server.stray((event as unknown as Record<string, unknown>)[field]);
      } catch {
        // A plugin has exchanged what this needs; it does not answer any more, and ends at its limit.
      }
    });
  }
  replaceConsole((level, message) => server.say(level, message));
  withholdGlobals();
  return server;
}
