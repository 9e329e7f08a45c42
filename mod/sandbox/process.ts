/**
 * Holding plugins in the core's own process: a guard against mistakes and bad updates, not a wall. What it
 * holds and what it does not is a table in docs/threat-model.md.
 */
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { refuseCodeFromText } from "./code_from_text.ts";
import { replaceConsole, type Speak } from "./console.ts";
import { freezeIntrinsics } from "./freeze.ts";
import { withholdGlobals } from "./globals.ts";
import { replaceTimers } from "./timers.ts";

/** What takes a plugin's words. */
type Voice = Record<Parameters<Speak>[0], (message: string) => void>;

let held = false;
let voice: Voice | undefined;

/**
 * Freezes what is shared, drops permissions, and takes away what leads around `host`; for good, once.
 *
 * Call it when every plugin was opened and before the first one's code is loaded.
 *
 * @param log Takes what is printed while no plugin is being asked: by timers that one left behind.
 */
export function holdProcess(host: Host, log: Log): void {
  if (held) return;
  held = true;
  for (const type of ["unhandledrejection", "error"]) {
    addEventListener(type, (event) => {
      // Otherwise Deno prints a stack and ends the process. While a plugin is asked, its call fails instead.
      event.preventDefault();
      if (!voice) log("warn", "a plugin left something running that failed after it had answered");
    });
  }
  host.dropPermissions();
  replaceConsole((level, message) => voice ? voice[level](message) : log(level, message));
  refuseCodeFromText();
  replaceTimers();
  freezeIntrinsics();
  withholdGlobals();
}

/** Whose words the console's are until what is returned is disposed of; plugins are asked one at a time. */
export function speakThrough(next: Voice): Disposable {
  voice = next;
  return { [Symbol.dispose]: () => voice = undefined };
}
