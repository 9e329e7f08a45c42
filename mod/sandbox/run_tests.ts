/**
 * Inside the child that runs tests of a plugin: without permissions, with what a plugin has on a host, and each test
 * within its time. What happens is told as it happens, a line of JSON each, so that what ends the child loses nothing.
 */
import * as testing from "../api/testing.ts";
import { lookAtThrown, type Thrown } from "../core/thrown.ts";
import type { Host } from "../host/host.ts";
import { after, nextTurn } from "../host/timer.ts";
import { exposeLibrary, TESTING_SPECIFIER } from "../plugin/library.ts";
import { openPlugin } from "../plugin/load.ts";
import { refuseCodeFromText } from "./code_from_text.ts";
import { replaceConsole } from "./console.ts";
import { hintAtHost, withholdGlobals } from "./globals.ts";
import { type RegisteredTest, TestRegistry } from "./test_registry.ts";

/** Something that happened. `test` is the number of the test. */
export type TestEvent =
  | { event: "begin"; test: number; name: string }
  /** `thrown` where it failed. */
  | { event: "end"; test: number; milliseconds: number; thrown?: Thrown }
  | { event: "ignored"; test: number; name: string }
  | { event: "said"; message: string }
  /** The file could not be loaded. */
  | { event: "unloaded"; thrown: Thrown }
  /** All have been run. */
  | { event: "done" };

/** Milliseconds for one test. */
export const TEST_LIMIT = 10_000;
/** Milliseconds beyond that after which the kernel ends a test that never gives control back. */
const GRACE = 1000;

/** Standard output. */
const OUTPUT = 1;

/**
 * Runs the tests of a folder of the cache, and tells each {@linkcode TestEvent} on standard output.
 *
 * @param reversed The last test comes first: what one leaves behind for another shows.
 * @param dropPermissions Called after what needs them and before the first line of a test.
 */
export async function runTests(
  host: Host,
  folder: string,
  reversed: boolean,
  dropPermissions: () => void,
): Promise<void> {
  exposeLibrary(TESTING_SPECIFIER, testing);
  const load = await openPlugin({ folder });
  // Functions of the C library are opened when they are first called, which takes permissions.
  host.killAfter(TEST_LIMIT)[Symbol.dispose]();
  host.writeTo(OUTPUT, "\n");
  const tell = (event: TestEvent) => host.writeTo(OUTPUT, `${JSON.stringify(event)}\n`);
  const strays = watchStrays();
  dropPermissions();
  refuseCodeFromText();
  replaceConsole((_level, message) => tell({ event: "said", message }));
  withholdGlobals();
  const registry = new TestRegistry();
  const runner = Object.freeze({ test: registry.registrar() });
  Object.defineProperty(globalThis, "Deno", { value: runner });
  try {
    using _end = host.killAfter(TEST_LIMIT + GRACE);
    await within(TEST_LIMIT, load, strays);
  } catch (thrown) {
    tell({ event: "unloaded", thrown: lookAtThrown(hintAtHost(thrown)) });
    return tell({ event: "done" });
  }
  const tests = [...registry.list().entries()];
  for (const [number, test] of reversed ? tests.reverse() : tests) {
    await runTest(host, number, test, strays, tell);
  }
  tell({ event: "done" });
}

async function runTest(
  host: Host,
  number: number,
  { name, body, ignored }: RegisteredTest,
  strays: Strays,
  tell: (event: TestEvent) => void,
): Promise<void> {
  if (ignored) return tell({ event: "ignored", test: number, name });
  tell({ event: "begin", test: number, name });
  const began = performance.now();
  let thrown: Thrown | undefined;
  try {
    using _end = host.killAfter(TEST_LIMIT + GRACE);
    await within(TEST_LIMIT, body, strays);
  } catch (error) {
    thrown = lookAtThrown(hintAtHost(error));
  }
  const milliseconds = Math.round(performance.now() - began);
  tell({ event: "end", test: number, milliseconds, ...(thrown ? { thrown } : {}) });
}

/** Tells of what nobody catches, and is told who wants to know. */
interface Strays {
  found(thrown: unknown): void;
}

function watchStrays(): Strays {
  const strays: Strays = { found: () => {} };
  const { preventDefault } = Event.prototype;
  for (const [type, field] of [["unhandledrejection", "reason"], ["error", "error"]] as const) {
    addEventListener(type, (event) => {
      Reflect.apply(preventDefault, event, []);
      strays.found((event as unknown as Record<string, unknown>)[field]);
    });
  }
  return strays;
}

/** Runs it within its time; what it has left running and nobody catches is its own failure. */
async function within(limit: number, work: () => Promise<unknown>, strays: Strays): Promise<void> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  strays.found = reject;
  using _timer = after(limit, () => reject(new Error(`it took longer than ${limit / 1000} s`)));
  try {
    await Promise.race([work(), stopped]);
    // Rejections are reported at the end of a turn.
    await Promise.race([nextTurn(), stopped]);
  } finally {
    strays.found = () => {};
  }
}
