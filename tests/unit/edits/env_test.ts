import assert from "node:assert/strict";
import { setEnv } from "container-hooks/plugin";
import { assertConflict, described, merged, ofTwo, testRefused } from "./trying.ts";

testRefused([
  ["a variable's name with =", { edit: "env", name: "A=B", value: "" }, /must be a variable's name/],
  ["a variable without a name", { edit: "env", name: "", value: "" }, /must be a variable's name/],
  ["a name that was undefined", setEnv(`${undefined}`, "1"), /name" is a variable named undefined/],
  ["a value that is no text", { edit: "env", name: "A", value: 1 }, /value" must be a string, not 1/],
  ["a value that is missing", { edit: "env", name: "A" }, /value" must be a string, not missing/],
  ["an unknown field", { ...setEnv("A", "1"), when: 1 }, /"edits\[0\]\.when" is unknown/],
  ["a value with a NUL", setEnv("A", "1\0B=2"), /value" must not contain a NUL/],
]);

Deno.test("of a variable that stands twice the last is replaced, which is the one that counts", () => {
  const spec = merged({ process: { env: ["A=1", "B=1", "A=2"] } }, {
    plugin: "a",
    edits: [setEnv("A", "3")],
  });
  assert.deepEqual(spec.process?.env, ["A=1", "B=1", "A=3"]);
});

Deno.test("a variable whose name begins like another's is a new one", () => {
  const spec = merged({ process: { env: ["PATHS=1"] } }, { plugin: "a", edits: [setEnv("PATH", "/bin")] });
  assert.deepEqual(spec.process?.env, ["PATHS=1", "PATH=/bin"]);
});

Deno.test("two plugins that want the same variable are one edit, and of two values they are named", () => {
  assert.deepEqual(merged({}, ...ofTwo(setEnv("A", "1"), setEnv("A", "1"))).process?.env, ["A=1"]);
  assertConflict(setEnv("A", "1"), setEnv("A", "2"), "the variable A");
});

Deno.test("explain shows the value of a variable only where it is asked for", () => {
  const edit = setEnv("TOKEN", "secret");
  assert.deepEqual(described(edit), {
    all: "TOKEN=secret",
    withoutSecrets: "TOKEN=(hidden; --values shows it)",
  });
});
