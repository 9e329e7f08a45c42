import assert from "node:assert/strict";
import { checkSpec } from "../../../mod/core/check_spec.ts";

const WRONG: [spec: Record<string, unknown>, says: RegExp][] = [
  [{ process: [] }, /field process that is not an object/],
  [{ process: { env: { a: 1 } } }, /field process\.env that is not an array of strings/],
  [{ process: { args: ["a", 1] } }, /field process\.args that is not an array of strings/],
  [{ process: { user: "root" } }, /field process\.user that is not an object/],
  [{ annotations: 7 }, /field annotations that is not an object of strings/],
  [{ annotations: { a: 1 } }, /field annotations that is not an object of strings/],
  [{ mounts: {} }, /field mounts that is not an array of objects/],
  [
    { mounts: [{ destination: "/a" }, { destination: 1 }] },
    /field "mounts\[1\]\.destination" that is not a string/,
  ],
  [{ mounts: [{ options: "ro" }] }, /field "mounts\[0\]\.options" that is not an array of strings/],
  [{ hooks: { prestart: {} } }, /field hooks\.prestart that is not an array of objects/],
  [{ hooks: { poststop: [{ args: [] }] } }, /field "hooks\.poststop\[0\]\.path" that is not a string/],
  [{ root: { path: 1 } }, /field root\.path that is not a string/],
  [{ linux: [] }, /field linux that is not an object/],
];

for (const [spec, says] of WRONG) {
  Deno.test(`${JSON.stringify(spec)} is told by its field, not as a defect`, () => {
    assert.throws(() => checkSpec(spec, "config.json in /b"), says);
  });
}

Deno.test("what is absent or null may be, and what is not known stays", () => {
  const spec = { process: { env: null, args: ["a"] }, mounts: null, hooks: { prestart: null }, vm: { x: 1 } };
  assert.equal(checkSpec(spec, "config.json in /b"), spec);
  checkSpec({}, "config.json in /b");
});
