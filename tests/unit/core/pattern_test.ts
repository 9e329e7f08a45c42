import assert from "node:assert/strict";
import { linearPattern } from "../../../mod/core/pattern.ts";

for (
  const pattern of [
    "^(yes|true)$",
    "a{1,3}",
    "[^/]+\\.ts$",
    "(?:a|b)*?",
    "[(?=]",
    "\\(?=a",
    "\\\\1",
    "\\bkey\\b",
  ]
) {
  Deno.test(`the pattern ${pattern} is taken`, () => {
    assert(linearPattern(pattern) instanceof RegExp);
  });
}

const REFUSED: [string, RegExp][] = [
  ["(?=a)b", /looking around/],
  ["a(?!b)", /looking around/],
  ["(?<=a)b", /looking around/],
  ["(?<!a)b", /looking around/],
  ["(a)\\1", /going back/],
  ["(?<x>a)\\k<x>", /going back/],
  ["(?i)a", /flags do not exist/],
  ["(?i:a)", /flags do not exist/],
  ["\\p{L}", /classes of Unicode/],
  ["[\\p{L}]", /classes of Unicode/],
  ["a(", /not a regular expression/],
];

for (const [pattern, why] of REFUSED) {
  Deno.test(`the pattern ${pattern} is refused with a reason`, () => {
    assert.throws(
      () => linearPattern(pattern),
      (error) => error instanceof SyntaxError && why.test(error.message),
    );
  });
}

Deno.test("a pattern is unanchored", () => {
  assert(linearPattern("nginx").test("docker.io/library/nginx:1"));
});
