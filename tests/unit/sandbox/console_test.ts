/** The console that this file replaces stays replaced for all of it. */
import assert from "node:assert/strict";
import { replaceConsole } from "../../../mod/sandbox/console.ts";

const said: string[] = [];
replaceConsole((level, message) => said.push(`${level} ${message}`));

function saidBy(action: () => void): string[] {
  said.length = 0;
  action();
  return [...said];
}

Deno.test("each method has its level", () => {
  const lines = saidBy(() => {
    console.debug("a");
    console.log("b", 1);
    console.info("c");
    console.warn("d");
    console.error("e");
  });
  assert.deepEqual(lines, ["debug a", "info b 1", "info c", "warn d", "warn e"]);
});

Deno.test("what has no JSON is said all the same", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const lines = saidBy(() => console.log(1n, undefined, Symbol("s"), circle, new TypeError("t")));
  assert.deepEqual(lines, [`info "1" undefined Symbol(s) a value of type object TypeError: t`]);
});

Deno.test("a method that says nothing does not throw", () => {
  assert.deepEqual(saidBy(() => (console.group("g"), console.time("t"), console.groupEnd())), []);
});

Deno.test("it cannot be replaced again", () => {
  assert.throws(() => globalThis.console = {} as Console, TypeError);
  assert.throws(() => console.log = () => {}, TypeError);
});
