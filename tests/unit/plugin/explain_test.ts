import assert from "node:assert/strict";
import { explainThrown } from "../../../mod/plugin/explain.ts";
import { codeFrame, positionOf } from "../../../mod/plugin/source.ts";

const CACHED = { folder: "/state/plugins/ab", root: "/etc/container-hooks/plugins/a" };
const ORIGINALS = {
  "source/plugin.js": { name: "plugin.ts", text: "one\n\tconst two = three();\nfour\n" },
  "source/lib/b.js": { name: "lib/b.ts", text: "b" },
};

function thrown(stack: string, message = "broken") {
  return { name: "TypeError", message, stack };
}

Deno.test("the topmost place in the plugin's own files is shown with the code around it", () => {
  const stack = `TypeError: broken
    at setEnv (file:///opt/program/main.js:7:1)
    at plan (file:///state/plugins/ab/source/plugin.js:2:14)
    at file:///state/plugins/ab/source/lib/b.js:1:1`;
  assert.deepEqual(explainThrown(thrown(stack), CACHED, ORIGINALS), {
    message: "TypeError: broken",
    file: "/etc/container-hooks/plugins/a/plugin.ts",
    line: 2,
    column: 14,
    frame: "  1 | one\n> 2 | \tconst two = three();\n    | \t            ^\n  3 | four",
  });
});

Deno.test("a function that calls itself for ever was placed at the first character of its file", () => {
  const frame = (words: string) => `    at ${words}file:///state/plugins/ab/source/plugin.js:1:1`;
  const stack = (words: string) => `RangeError: Maximum call stack size exceeded\n${frame(words)}`;
  const placed = (words: string) => explainThrown(thrown(stack(words)), CACHED, ORIGINALS);
  assert.deepEqual([placed("two (").line, placed("two (").column], [2, 2]);
  assert.deepEqual([placed("async Thing.three (").line, placed("new three (").column], [2, 14]);
  assert.equal(placed("").line, 1, "the top level may throw there");
  assert.equal(placed("nowhere (").line, 1);
});

Deno.test("a message of many MiB was searched as a whole, and a stack behind it is still found", () => {
  const message = "e".repeat(50 * 1024 * 1024);
  const stack = `Error: ${message}\n    at file:///state/plugins/ab/source/plugin.js:2:14`;
  const explained = explainThrown(thrown(stack, message), CACHED, ORIGINALS);
  assert.deepEqual([explained.line, explained.message.length], [2, "TypeError: ".length + 2000]);
});

const UNREADABLE = {
  get message() {
    throw new Error("no");
  },
  get stack() {
    throw new Error("no");
  },
};

Deno.test("an error whose message throws was told as a defect of ours", () => {
  const { message } = explainThrown(UNREADABLE, CACHED, ORIGINALS);
  assert.equal(message, "Error: an error whose message cannot be read");
});

Deno.test("a stack that never passes through the plugin has no place", () => {
  const stack = "TypeError: broken\n    at file:///state/plugins/cd/source/plugin.js:2:14";
  assert.deepEqual(explainThrown(thrown(stack), CACHED, ORIGINALS), { message: "TypeError: broken" });
});

Deno.test("a syntax error's place in the cache does not reach the author", () => {
  const message =
    "SyntaxError: Expression expected\n  |\n2 | x\n at file:///state/plugins/ab/source/plugin.js:2:1";
  const explained = explainThrown(thrown("", message), CACHED, ORIGINALS);
  assert.equal(explained.message, "SyntaxError: Expression expected");
  assert.equal(explained.line, 2);
});

Deno.test("the library has the name that the author gave it", () => {
  const message = "The requested module '../library.js' does not provide an export named 'X'";
  assert.match(
    explainThrown(thrown("", message), CACHED, ORIGINALS).message,
    /module 'container-hooks\/plugin'/,
  );
});

Deno.test("a place that a plugin makes up cannot lead to something that is no file of its own", () => {
  for (const path of ["constructor", "source/../../../etc/shadow", "source/%ff.js"]) {
    const stack = `at file:///state/plugins/ab/${path}:1:1`;
    assert.equal(explainThrown(thrown(stack), CACHED, ORIGINALS).file, undefined);
  }
});

const ODD: [unknown, string][] = [
  ["text", "text"],
  [undefined, "undefined"],
  [Object.create(null), "a value of type object"],
  [{ message: Object.create(null) }, "Error: a value of type object"],
  [Symbol("s"), "Symbol(s)"],
];

for (const [value, message] of ODD) {
  Deno.test(`a thrown ${typeof value} is explained as ${message}`, () => {
    assert.equal(explainThrown(value, CACHED, ORIGINALS).message, message);
  });
}

Deno.test("the mark stands under its column behind every kind of line end", () => {
  const text = "a\r\nb\rc\u2028d e";
  const position = positionOf(text, text.indexOf("e"));
  assert.deepEqual(position, { line: 4, column: 3 });
  assert.equal(codeFrame(text, position), "  3 | c\n> 4 | d e\n    |   ^");
});
