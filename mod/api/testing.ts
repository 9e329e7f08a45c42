/**
 * `container-hooks/testing` is the module that a plugin's own tests import.
 *
 * @example
 * ```ts
 * import { ask, assertEquals } from "container-hooks/testing";
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "greet",
 *   version: "1.0.0",
 *   brief: "Greets",
 *   plan: (container) => ({ edits: [setEnv("GREETING", `hello ${container.image.name}`)] }),
 * });
 * const { edits } = await ask(plugin, { image: { name: "alpine" } });
 * assertEquals(edits, [setEnv("GREETING", "hello alpine")]);
 * ```
 *
 * @module
 */
export {
  assert,
  assertEquals,
  AssertionError,
  assertMatch,
  assertRejects,
  assertThrows,
} from "./assertions.ts";
export { test } from "./test.ts";
export { ask, type AskOutcome } from "./testing/ask.ts";
export { type ContainerFields, makeContainer } from "./testing/container.ts";
export { callHandler, type HandlerOutcome, type HandlerSettings } from "./testing/call_handler.ts";
export { type FixtureName, fixtures } from "./testing/fixtures.ts";
export { type RehearsalOutcome, rehearse } from "./testing/rehearse.ts";
export type { ProgramCall, ProgramOutcome, Settings, StandInProgram } from "./testing/settings.ts";
export type { Traces } from "./testing/stand_in.ts";
