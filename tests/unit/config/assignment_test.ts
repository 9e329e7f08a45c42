import assert from "node:assert/strict";
import { parseAssignment, parseKey } from "../../../mod/config/assignment.ts";

const ASSIGNMENTS: [text: string, key: string[], value: unknown][] = [
  ["a.b=debug", ["a", "b"], "debug"],
  ["a=1", ["a"], 1],
  ["a=true", ["a"], true],
  ['a=["x", "y"]', ["a"], ["x", "y"]],
  ["a=['x=y']", ["a"], ["x=y"]],
  ['a="1"', ["a"], "1"],
  ["a=", ["a"], ""],
  ["a=/etc/x y", ["a"], "/etc/x y"],
  ["a=b=c", ["a"], "b=c"],
  ["a=[", ["a"], "["],
  ['a."b=c"=d', ["a", "b=c"], "d"],
  ["a.'^x[.]y$'=z", ["a", "^x[.]y$"], "z"],
  ["__proto__.x=1", ["__proto__", "x"], 1],
  ["a=1\nb = 2", ["a"], "1\nb = 2"],
];

for (const [text, key, value] of ASSIGNMENTS) {
  Deno.test(`${JSON.stringify(text)} gives ${key.join(" / ")} the value ${JSON.stringify(value)}`, () => {
    assert.deepEqual(parseAssignment(text), { key, value });
  });
}

Deno.test("what is no key is refused, also where it would be a line of its own", () => {
  for (const text of ["", ".", "a.", "a b", "a=1", "a\nb", "a # b", "[a]", '"a', "a = 1\nb"]) {
    assert.throws(() => parseKey(text), { code: "usage" }, text);
  }
});
