/** Registering a test with whoever runs it: `deno test`, or `container-hooks plugin test`. */

/** What runs tests has this at `Deno`. */
interface Runner {
  test?(name: string, body: () => void | Promise<void>): void;
}

/**
 * Registers a test. It runs under `deno test` and by `container-hooks plugin test` alike; `Deno.test` does the same.
 *
 * @param name What holds, as a sentence.
 * @param body Throws, or returns a promise that is rejected, where that does not hold.
 * @throws {TypeError} where no test is being run
 *
 * @example
 * ```ts ignore
 * import { ask, assertEquals, test } from "container-hooks/testing";
 * import plugin from "./plugin.ts";
 *
 * test("root is denied", async () => {
 *   const { deny } = await ask(plugin, { process: { user: { uid: 0 } } });
 *   assertEquals(deny, ["it would run as root"]);
 * });
 * ```
 */
export function test(name: string, body: () => void | Promise<void>): void {
  const runner: Runner | undefined = Reflect.get(globalThis, "Deno");
  if (!runner?.test) throw new TypeError("run it with `container-hooks plugin test`, or with `deno test`");
  runner.test(name, body);
}
