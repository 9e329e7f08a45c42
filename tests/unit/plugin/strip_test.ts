import assert from "node:assert/strict";
import { stripTypes } from "../../../mod/plugin/strip.ts";

function file(text: string, name = "plugin.ts") {
  return { name, path: `/p/${name}`, text };
}

Deno.test("types are blanked out and everything else keeps its line and column", async () => {
  const text =
    'import type { A } from "./a.ts";\ninterface B {\n  c: "é𝒳";\n}\nconst d: B = e as B; throw d!.c;\n';
  const code = await stripTypes(file(text));
  assert.doesNotMatch(code, /interface|import/);
  assert.equal(code.split("\n").length, text.split("\n").length);
  assert.equal(code.split("\n")[4]!.indexOf("throw"), text.split("\n")[4]!.indexOf("throw"));
});

Deno.test("JavaScript is left as it is, also where TypeScript would read it otherwise", async () => {
  const text = "f<a>(b);\n";
  assert.equal(await stripTypes(file(text, "plugin.js")), text);
});

Deno.test("a syntax error has the author's file, line, column and the line of code", async () => {
  await assert.rejects(
    stripTypes(file("// first\n  const x = = 1;\n")),
    /\/p\/plugin\.ts:2:13 does not parse: Expression expected, in `const x = = 1;`; correct it there/,
  );
});

for (
  const text of [
    "enum A { B }",
    "namespace A { export const b = 1 }",
    "class A { constructor(private b: string) {} }",
  ]
) {
  Deno.test(`${text} is refused, since nothing is translated`, async () => {
    await assert.rejects(stripTypes(file(text)), /not supported in strip-only mode.*nothing is translated/);
  });
}
