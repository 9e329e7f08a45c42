import assert from "node:assert/strict";
import { setEnv } from "container-hooks/plugin";
import { checkAnswer } from "../../../mod/plan/check_answer.ts";

const MIB = 1024 * 1024;

Deno.test("an answer is taken as it is, and no answer is one without edits", () => {
  const answer = { edits: [setEnv("A", "1")], carry: { a: [1, null] }, stages: ["poststop"], note: "why" };
  assert.deepEqual(checkAnswer("p", answer), { ...answer, deny: [] });
  assert.deepEqual(checkAnswer("p", undefined), { edits: [], deny: [] });
});

Deno.test("a whole number of 64 bits can be carried, to its last digit", () => {
  const carry = { infinity: 2n ** 64n - 1n, one: 1n, number: 1 };
  assert.deepEqual(checkAnswer("p", { carry }).carry, carry);
});

const WRONG: [what: string, answer: unknown, says: RegExp][] = [
  ["an array", [], /"the plan" must be an object or nothing/],
  ["an unknown field", { edit: [] }, /edit is unknown/],
  ["a reason that is no text", { deny: [1] }, /deny must be an array of reasons/],
  ["a reason that is left out", { deny: new Array(1) }, /deny must be an array of reasons/],
  ["a stage without handlers", { stages: ["prestart"] }, /stages must be an array of createRuntime/],
  ["stages that are left out", { stages: new Array(1) }, /stages must be an array of createRuntime/],
  ["a carry that is a function", { carry: () => {} }, /carry must be data, not a function/],
  ["a carry that throws", {
    carry: {
      toJSON() {
        throw new Error("one\ntwo");
      },
    },
  }, /"?carry\.toJSON"? must be data, not a function/],
  // What follows filled the run folder, or ended the process while it was written as JSON.
  ["a carry as large as memory", { carry: ["z".repeat(400 * MIB)] }, /carry is larger than 1 MiB/],
  ["a carry of many small parts", { carry: Array(2 * MIB).fill(0) }, /carry is larger than 1 MiB/],
  ["a carry that grows when it is written", { carry: "\0".repeat(MIB / 2) }, /carry is larger than 1 MiB/],
  ["a note as large as a disk", { note: "n".repeat(50 * MIB) }, /note is longer than 4096 characters/],
];

for (const [what, answer, says] of WRONG) {
  Deno.test(`${what} is refused by its field`, () => {
    assert.throws(() => checkAnswer("p", answer), says);
  });
}

Deno.test("a denial with something wrong beside it counted as a failure, which on-error = warn forgives", () => {
  const answer = { deny: ["no"], edits: "none", carry: "z".repeat(2 * MIB), other: 1 };
  assert.deepEqual(checkAnswer("p", answer), { edits: [], deny: ["no"] });
});

Deno.test("a denial that is too long is cut, and denies", () => {
  const { deny } = checkAnswer("p", { deny: Array(500).fill("d".repeat(40 * MIB)) });
  assert.deepEqual([deny.length, ...new Set(deny.map(({ length }) => length))], [100, 1024]);
});
