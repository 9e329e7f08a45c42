import assert from "node:assert/strict";
import { hook } from "container-hooks/plugin";
import { kindOf } from "../../../mod/edits/kinds.ts";
import { described, merged, mergedText, testRefused } from "./trying.ts";

const HOOK = { path: "/bin/true", args: ["true"], env: ["PATH=/bin"] };
const withHook = (hook: unknown) => ({ edit: "hook", stage: "prestart", hook });
const asHook = (fields: object) => withHook({ ...HOOK, ...fields });

class WithGetter {
  path = "/bin/true";
  args = ["true"];
  get env() {
    return ["PATH=/bin"];
  }
}

testRefused([
  ["an unknown stage", { edit: "hook", stage: "start", hook: HOOK }, /stage" must be one of prestart/],
  ["a relative hook", asHook({ path: "true" }), /hook\.path" must be an absolute path/],
  ["a hook without arguments", asHook({ args: undefined }), /hook\.args" must be an array, not missing/],
  ["no args[0]", asHook({ args: [] }), /must hold args\[0\]/],
  ["an argument that is no text", asHook({ args: ["true", 7] }), /args\[1\]" must be a string, not 7/],
  [
    "an argument that is left out",
    asHook({ args: ["true", , "x"] }),
    /args\[1\]" must be data, and is missing/,
  ],
  ["an argument with half a character", asHook({ args: ["\ud800"] }), /args\[0\]" must be Unicode/],
  ["a hook without an environment", asHook({ env: undefined }), /env" must be an array, not missing/],
  ["no variable at all", asHook({ env: [] }), /must name at least one variable/],
  [
    "a loader variable",
    asHook({ env: ["PATH=/bin", "LD_AUDIT=/x"] }),
    /env\[1\]" sets a variable of the program loader/,
  ],
  [
    "a loader variable with a line end in it",
    asHook({ env: ["LD_\nX=/x"] }),
    /variable of the program loader/,
  ],
  ["a tunable", asHook({ env: ["GLIBC_TUNABLES=x"] }), /variable of the program loader/],
  ["a variable without a value", asHook({ env: ["PATH"] }), /must be NAME=value/],
  ["a variable without a name", asHook({ env: ["=x"] }), /must be NAME=value/],
  ["a variable made of a name that was undefined", asHook({ env: ["undefined=1"] }), /its name was missing/],
  ["a NUL", asHook({ path: "/bin/true\0x" }), /must not contain a NUL/],
  ["no time at all", asHook({ timeout: 0 }), /whole number of seconds/],
  ["a part of a second", asHook({ timeout: 0.5 }), /whole number of seconds/],
  ["more than a day", asHook({ timeout: 86_401n }), /whole number of seconds from 1 to 86400/],
  // Each of these passed the check and was then written without its environment, or with another one.
  ["a hook of a class with a getter", withHook(new WithGetter()), /hook" must be a plain object/],
  ["a hook that inherits its fields", withHook(Object.create(HOOK)), /hook" must be a plain object/],
  [
    "a hook whose environment is not enumerable",
    withHook(Object.defineProperty({ ...HOOK }, "env", { enumerable: false })),
    /hook\.env" must be an enumerable field/,
  ],
  [
    "an environment with an iterator of its own",
    asHook({ env: Object.assign(["LD_PRELOAD=/x"], { [Symbol.iterator]: () => ["A=1"].values() }) }),
    /env" must be an array without fields of its own/,
  ],
]);

Deno.test("hooks add up in the plugins' order, after what the engine put there", () => {
  const spec = merged(
    { hooks: { prestart: [{ path: "/engine" }] } },
    { plugin: "a", edits: [hook.prestart("/a")] },
    { plugin: "b", edits: [hook.prestart("/a"), hook.prestart("/b")] },
  );
  assert.deepEqual(spec.hooks?.prestart?.map(({ path }) => path), ["/engine", "/a", "/a", "/b"]);
});

Deno.test("a timeout that is a bigint is written as a number", () => {
  const edit = hook.poststop("/a", [], { timeout: 5n as never });
  assert.match(mergedText({}, { plugin: "a", edits: [edit] }), /"timeout":5\}/);
});

Deno.test("of a hook explain shows the call and its limit, and hides the values of its variables", () => {
  const edit = hook.poststop("/bin/flush", ["web"], { env: { TOKEN: "secret" }, timeout: 5 });
  assert.equal(described(edit).all, 'poststop /bin/flush ["/bin/flush","web"], limit 5 s');
  const { hook: { env } } = kindOf("hook")!.withoutSecrets!(edit) as typeof edit;
  assert.deepEqual(env, ["TOKEN=(hidden; --values shows it)"]);
});

Deno.test("an environment as an array became variables named 0, 1, 2, and letters of a text arguments", () => {
  const wrong = hook.poststop as (...words: unknown[]) => unknown;
  assert.throws(() => wrong("/bin/true", [], { env: ["LD_PRELOAD=/x"] }), /takes env as an object/);
  assert.throws(() => wrong("/bin/true", [], { env: "A=1" }), /takes env as an object/);
  assert.throws(() => wrong("/bin/true", "web"), /takes its arguments as an array/);
});

Deno.test("a variable that was undefined became the text undefined", () => {
  const wrong = hook.poststop as (...words: unknown[]) => unknown;
  assert.throws(
    () => wrong("/bin/true", [], { env: { HOME: undefined } }),
    /takes texts in env, and HOME is none/,
  );
  assert.throws(() => wrong("/bin/true", [], { env: { HOME: 7 } }), /takes texts in env, and HOME is none/);
});
