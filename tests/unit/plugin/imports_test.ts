import assert from "node:assert/strict";
import { Failure } from "../../../mod/errors.ts";
import { importsOf, redirectImports } from "../../../mod/plugin/imports.ts";

function file(text: string, name = "lib/a.ts") {
  return { name, path: `/p/x/${name}`, text };
}

const TAKEN: [string, (string | undefined)[]][] = [
  ['import { hook } from "container-hooks/plugin";', [undefined]],
  ['import a from "./b.ts"; export * from "../c.js"; import "./../d.ts";', ["lib/b.ts", "c.js", "d.ts"]],
  ["const a = `import('./x.ts')`; // import('y')", []],
  ["const a = import.meta.url;", []],
  ["const a = { import: 1 }; a.import; /* import('x') */ /import('y')/;", []],
  ["export const a = 1; export { a as b };", []],
];

for (const [text, targets] of TAKEN) {
  Deno.test(`${text} imports ${targets.map((target) => target ?? "the library").join(", ") || "nothing"}`, async () => {
    assert.deepEqual((await importsOf(file(text), text)).map(({ target }) => target), targets);
  });
}

const REFUSED: [string, RegExp][] = [
  [
    '\n  import fs from "node:fs";',
    /\/p\/x\/lib\/a\.ts:2:3 imports "node:fs", which is outside of the plugin/,
  ],
  ['import a from "npm:left-pad";', /"npm:left-pad", which is outside/],
  ['import a from "https://example.org/a.ts";', /which is outside/],
  ['import a from "file:///etc/a.ts";', /which is outside/],
  ['import a from "data:text/javascript,0";', /which is outside/],
  ['import a from "/etc/a.ts";', /which is outside/],
  ['import a from "container-hooks/other";', /which is outside/],
  ['import a from "b.ts";', /which is outside/],
  ['import a from "../../b.ts";', /which leaves the plugin's folder/],
  ['import a from "./%2e%2e/%2e%2e/b.ts";', /name files with letters/],
  ['import a from "./b.ts?x";', /name files with letters/],
  ['import a from ".\\u002f../b.ts";', /which is outside/],
  ['import a from "./\\x2e./\\x2e./b.ts";', /name files with letters/],
  ['import a from "./b";', /without \.ts or \.js/],
  ['import a from "./b.json" with { type: "json" };', /with attributes/],
  ['const a = await import("./b.ts");', /:1:17 imports at run time/],
  ["const a = `${import(name)}`;", /imports at run time/],
  ['import source a from "./b.ts";', /does not parse: Unexpected token, in .*; correct it there/],
  ['import defer * as a from "./b.ts";', /does not parse/],
  ['[...import("node:fs")];', /:1:5 imports at run time/],
  ["let a = 1;\na. return / import(a) / 1;", /:2:13 imports at run time/],
  ['// a comment\u2028import("node:fs");', /:2:1 imports at run time/],
  ['// a comment\u2029import("node:fs");', /:2:1 imports at run time/],
  ['/* a */ import /* b */ ("node:fs");', /imports at run time/],
  ['export { a } from "node:os";', /which is outside/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`${text.trim()} is refused with its place`, async () => {
    await assert.rejects(importsOf(file(text), text), (error) => {
      assert(error instanceof Failure && error.code === "plugin-source");
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a file that is nested more deeply than a stack is read all the same, or refused in words", async () => {
  const text = `const a = ${"[".repeat(100_000)}${"]".repeat(100_000)};`;
  await assert.rejects(importsOf(file(text), text), /nested too deeply/);
});

Deno.test("imports led into the cache leave what follows in its line and column", async () => {
  const code = 'import { hook } from "container-hooks/plugin"; import { a } from\n"../b.ts"; a(hook);';
  const redirected = redirectImports("lib/a.ts", code, await importsOf(file(code), code), "..");
  assert.equal(
    redirected,
    'import { hook } from "../../library.js"      ; import { a } from\n"../b.js"; a(hook);',
  );
  assert.equal(redirected.indexOf("a(hook)"), code.indexOf("a(hook)"));
});
