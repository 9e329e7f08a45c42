/** What this file freezes stays frozen for all of it; each test file has globals of its own. */
import assert from "node:assert/strict";
import { freezeIntrinsics } from "../../../mod/sandbox/freeze.ts";

freezeIntrinsics();

// deno-lint-ignore no-explicit-any -- types forbid what is tried here
const untyped = globalThis as any;

for (
  const [what, change] of Object.entries<() => unknown>({
    "a method of arrays": () => untyped.Array.prototype.map = () => [],
    "a new field of every object": () => untyped.Object.prototype.polluted = 1,
    "a method that every object inherits": () => untyped.Object.prototype.toString = 1,
    "a function of JSON": () => untyped.JSON.parse = () => ({}),
    "JSON itself": () => untyped.JSON = {},
    "how promises go on": () => untyped.Promise.prototype.then = () => {},
    "what iterating means": () => Object.getPrototypeOf([].values()).next = () => ({ done: true }),
    "a method of typed arrays": () => Object.getPrototypeOf(Uint8Array.prototype).set = () => {},
    "how bytes are hashed": () => untyped.crypto.subtle.__proto__.digest = () => {},
    "the name of all errors": () => untyped.TypeError.prototype.name = "X",
  })
) {
  Deno.test(`${what} cannot be changed`, () => {
    assert.throws(change, TypeError);
  });
}

Deno.test("an error may have a name of its own", () => {
  class Mine extends Error {
    constructor(text: string) {
      super(text);
      this.name = "Mine";
    }
  }
  assert.equal(String(new Mine("it")), "Mine: it");
  assert.equal(String(new Error("it")), "Error: it");
});

Deno.test("an object may have fields that all objects inherit", () => {
  const counts: Record<string, unknown> = {};
  for (const key of ["constructor", "toString", "hasOwnProperty", "valueOf"]) counts[key] = 1;
  assert.deepEqual(Object.values(counts), [1, 1, 1, 1]);
  assert.equal(({}).constructor, Object);
});

Deno.test("Error.stackTraceLimit stays what a library wants", () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 3;
  assert.equal(Error.stackTraceLimit, 3);
  Error.stackTraceLimit = before;
});

Deno.test("what the core does to JSON works frozen", async () => {
  const { editJson, parseJsonObject } = await import("../../../mod/text/json/json_text.ts");
  const json = parseJsonObject(`{"a": {"toString": 1}}`, "text");
  const { text } = editJson(json, [{ op: "set", path: ["a", "constructor"], value: "x" }]);
  assert.deepEqual(JSON.parse(text), { a: { toString: 1, constructor: "x" } });
});
