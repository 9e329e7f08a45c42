import assert from "node:assert/strict";
import { readMessage } from "../../../mod/sandbox/messages.ts";

const NONE: unknown[] = [
  undefined,
  null,
  "ready",
  7,
  {},
  { kind: "anything", call: 1 },
  { kind: "answer" },
  { kind: "answer", call: "1" },
  { kind: "answer", call: -1 },
  { kind: "answer", call: 1.5 },
  { kind: "say", call: 1, level: "error", message: "x" },
  { kind: "say", call: 1, level: "toString", message: "x" },
  { kind: "say", call: 1, level: "info", message: { toString: 1 } },
  { kind: "undo", call: 1, undo: "0" },
  { kind: "outside", call: 1, name: "constructor", args: [] },
  { kind: "outside", call: 1, name: "lstat", args: "x" },
  { kind: "outside", call: 1, name: "lstat", args: ["a", "b", "c", "d"] },
  { kind: "outside", call: 1, name: "run", args: [] },
  { kind: "outside", call: 1, name: ["lstat"], args: [] },
];

for (const data of NONE) {
  Deno.test(`${JSON.stringify(data)} is no message of an isolate`, () => {
    assert.equal(readMessage(data), undefined);
  });
}

Deno.test("a message has its own fields alone", () => {
  assert.deepEqual(readMessage({ kind: "undo", call: 3, undo: 0, more: 1 }), {
    kind: "undo",
    call: 3,
    undo: 0,
  });
  assert.deepEqual(
    readMessage({ kind: "outside", call: 3, name: "run", args: ["/bin/true", []], id: 0, more: 1 }),
    { kind: "outside", call: 3, name: "run", args: ["/bin/true", []], id: 0 },
  );
});

Deno.test("what was thrown comes as texts, cut, whatever was sent for them", () => {
  const thrown = (sent: unknown) => {
    const message = readMessage({ kind: "thrown", call: 1, thrown: sent });
    assert.ok(message?.kind === "thrown");
    return message.thrown;
  };
  assert.deepEqual(thrown({ name: "Error", message: 7, stack: {} }), {
    name: "Error",
    message: "7",
    stack: "[object Object]",
  });
  assert.equal(thrown({ name: "Error", message: "x".repeat(1e6) }).message.length, 2000);
  assert.equal(thrown(undefined).message, "undefined");
  assert.equal(thrown({ message: "m", failure: "0" }).failure, undefined);
});
