import assert from "node:assert/strict";
import { setEnv } from "container-hooks/plugin";
import { takeAnswer } from "../../../mod/edits/take_answer.ts";
import { checkAnswer } from "../../../mod/edits/check_answer.ts";

const MIB = 1024 * 1024;

Deno.test("an answer is taken as it is, and no answer is one without edits", () => {
  const answer = { edits: [setEnv("A", "1")], carry: { a: [1, null] }, stages: ["poststop"], note: "why" };
  assert.deepEqual(checkAnswer({ name: "p" }, answer), { ...answer, deny: [] });
  for (
    const nothing of [undefined, null, {}, { deny: [] }, { deny: undefined }, { deny: null, edits: null }]
  ) {
    const { edits, deny, ...others } = checkAnswer({ name: "p" }, nothing);
    assert.deepEqual([edits, deny], [[], []]);
    assert.deepEqual(Object.values(others).filter((part) => part !== undefined), []);
  }
});

Deno.test("a whole number of 64 bits can be carried, to its last digit", () => {
  const carry = { infinity: 2n ** 64n - 1n, one: 1n, number: 1 };
  assert.deepEqual(checkAnswer({ name: "p" }, { carry }).carry, carry);
});

const WRONG: [what: string, answer: unknown, says: RegExp][] = [
  ["a text", "no", /"the plan" must be an object or nothing/],
  ["an array", [], /"the plan" must be a plain object/],
  ["a function", () => {}, /"the plan" must be an object/],
  ["an instance of a class", new (class Plan {})(), /"the plan" must be a plain object/],
  ["a plan that inherits its edits", Object.create({ edits: [] }), /"the plan" must be a plain object/],
  ["edits from a getter", {
    get edits() {
      return [];
    },
  }, /"the plan\.edits" must be data, not a getter/],
  [
    "edits that are not enumerable",
    Object.defineProperty({}, "edits", { value: [] }),
    /must be an enumerable field/,
  ],
  ["an unknown field", { edit: [] }, /edit is unknown/],
  ["a stage without handlers", { stages: ["prestart"] }, /stages must be an array of createRuntime/],
  ["stages that are left out", { stages: new Array(1) }, /"stages\[0\]" must be data, and is missing/],
  ["stages that are a text", { stages: "poststop" }, /stages must be an array of createRuntime/],
  ["a note that is no text", { note: 7 }, /note must be a string/],
  ["a long note", { note: "n".repeat(5000) }, /note is longer than 4096 characters/],
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
  ["a note as large as a disk", { note: "n".repeat(50 * MIB) }, /note is larger than 1 MiB/],
];

for (const [what, answer, says] of WRONG) {
  Deno.test(`${what} is refused by its field`, () => {
    assert.throws(() => checkAnswer({ name: "p" }, answer), says);
  });
}

Deno.test("a denial with something wrong beside it counted as a failure, which on-error = warn forgives", () => {
  const answer = { deny: ["no"], edits: "none", carry: "z".repeat(2 * MIB), other: 1 };
  assert.deepEqual(checkAnswer({ name: "p" }, answer), { edits: [], deny: ["no"] });
});

Deno.test("a denial that is too long is cut, and denies", () => {
  const { deny } = checkAnswer({ name: "p" }, { deny: Array(500).fill("d".repeat(40 * MIB)) });
  assert.deepEqual([deny.length, ...new Set(deny.map(({ length }) => length))], [100, 1024]);
});

const revoked = Proxy.revocable([], {});
revoked.revoke();
const never = () => {
  throw new Error("it was called");
};

// Each of these was a failure that on-error = "warn" forgives, or was lost on the way out of a worker.
const DENIALS: [what: string, answer: unknown, reasons: RegExp[]][] = [
  ["a text", { deny: "no" }, [/^no$/]],
  ["a text and a number", { deny: ["no", 7] }, [
    /^no$/,
    /^deny\[1\] is of type number, and anything but an absent/,
  ]],
  ["an empty text", { deny: "" }, [/^deny is empty, and anything but/]],
  ["an array with an empty text", { deny: [""] }, [/^deny\[0\] is empty/]],
  ["false", { deny: false }, [/^deny is of type boolean/]],
  ["0", { deny: 0 }, [/^deny is of type number/]],
  ["a Set", { deny: new Set(["no"]) }, [/^deny is of type object/]],
  ["an empty Set", { deny: new Set() }, [/^deny is of type object/]],
  ["a function", { deny: () => ["no"] }, [/^deny is of type function/]],
  ["a promise", { deny: Promise.resolve([]) }, [/^deny is of type object/]],
  ["a symbol", { deny: Symbol("no") }, [/^deny is of type symbol/]],
  ["an empty array with a field", { deny: Object.assign([], { reason: "no" }) }, [/^deny is of type object/]],
  ["an empty array with a symbol", { deny: Object.assign([], { [Symbol("no")]: 1 }) }, [
    /^deny is of type obj/,
  ]],
  ["an empty array of a class", { deny: new (class extends Array {})() }, [/^deny is of type object/]],
  ["an array whose keys cannot be listed", { deny: new Proxy(["no"], { ownKeys: () => assert.fail() }) }, [
    /^no$/,
  ]],
  ["a hole", { deny: new Array(1) }, [/^deny\[0\] is of type undefined/]],
  ["a reason behind a getter", { deny: Object.defineProperty(["x"], 0, { get: never }) }, [
    /^deny\[0\] is of type undef/,
  ]],
  ["an inherited deny", Object.create({ deny: ["no"] }), [/^no$/]],
  [
    "a deny of a class",
    new (class {
      get deny() {
        return never();
      }
    })(),
    [/^deny cannot be read as plain data/],
  ],
  ["a getter", {
    get deny() {
      return never();
    },
  }, [/^deny cannot be read as plain data/]],
  ["a deny that is not enumerable", Object.defineProperty({}, "deny", { value: ["no"] }), [/^no$/]],
  ["a deny of a function", Object.assign(() => {}, { deny: ["no"] }), [/^no$/]],
  ["a deny of an array", Object.assign([], { deny: ["no"] }), [/^no$/]],
  ["an array whose iterator is empty", {
    deny: Object.assign(["no"], { [Symbol.iterator]: () => [].values() }),
  }, [/^no$/]],
  ["a Proxy that throws", new Proxy({}, { getOwnPropertyDescriptor: never }), [
    /^deny cannot be read as plain data/,
  ]],
  [
    "a Proxy that is empty the second time",
    { deny: new Proxy(["no"], { get: () => NaN }) },
    [/^no$/],
  ],
  ["a revoked Proxy", { deny: revoked.proxy }, [/^deny cannot be read as plain data/]],
];

for (const [what, answer, reasons] of DENIALS) {
  Deno.test(`a denial that is ${what} denies, and nothing of it is called`, () => {
    // A second time from its copy, as what a worker sends is taken apart again.
    const taken = takeAnswer({ name: "p" }, answer);
    for (const seen of [answer, structuredClone(taken)]) {
      const { edits, deny } = checkAnswer({ name: "p" }, seen);
      assert.equal(deny.length, reasons.length);
      for (const [index, reason] of reasons.entries()) assert.match(deny[index]!, reason);
      assert.deepEqual(edits, []);
    }
  });
}

Deno.test("a chain of objects that never ends, each inheriting from the next, denies", () => {
  const endless = (): object => new Proxy({}, { getPrototypeOf: endless });
  assert.match(checkAnswer({ name: "p" }, endless()).deny[0]!, /^deny cannot be read/);
});

for (
  const [what, answer] of [
    ["edits", { edits: [setEnv("A", "1")] }],
    ["edits that are wrong", { edits: "none" }],
    ["edits from a getter", {
      get edits() {
        return never();
      },
    }],
    ["inherited edits", Object.create({ edits: [setEnv("A", "1")] })],
  ] as const
) {
  Deno.test(`a gate that returns ${what} denies, whatever on-error says`, () => {
    const { edits, deny } = checkAnswer({ name: "p", gate: true }, answer);
    assert.deepEqual(edits, []);
    assert.match(deny.join(), /^it is a gate, and a gate may not return edits/);
  });
}

Deno.test("a gate whose answer is a Proxy that has edits the second time denies", () => {
  let looks = 0;
  const answer = new Proxy({ edits: [setEnv("A", "1")] }, {
    getOwnPropertyDescriptor(target, key) {
      const property = Reflect.getOwnPropertyDescriptor(target, key);
      return key === "edits" && looks++ === 0 ? { ...property!, value: [] } : property;
    },
  });
  const { edits, deny } = checkAnswer({ name: "p", gate: true }, answer);
  assert.deepEqual([edits, deny.length, looks], [[], 1, 2]);
});

Deno.test("a gate that returns no edits, or an empty list, lets the container start", () => {
  for (const answer of [undefined, {}, { edits: [] }, { deny: [], edits: undefined, note: "fine" }]) {
    assert.deepEqual(checkAnswer({ name: "p", gate: true }, answer).deny, []);
  }
});

Deno.test("the reason of a gate's denial comes before what it returned beside it", () => {
  const answer = { deny: ["unsigned"], edits: [setEnv("A", "1")] };
  assert.deepEqual(checkAnswer({ name: "p", gate: true }, answer).deny, ["unsigned"]);
});
