import assert from "node:assert/strict";
import {
  assert as assertThat,
  assertEquals,
  AssertionError,
  assertMatch,
  assertRejects,
  assertThrows,
} from "container-hooks/testing";

/** What an assertion says; undefined where it holds. */
function said(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof AssertionError, String(thrown));
    return thrown.message;
  }
}

const SAME: [unknown, unknown][] = [
  [NaN, NaN],
  [{ a: [1, { b: 2n }] }, { a: [1, { b: 2n }] }],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  [new Map([["a", [1]]]), new Map([["a", [1]]])],
  [new Set([1, 2]), new Set([1, 2])],
  [new Date(5), new Date(5)],
  [/a/g, /a/g],
];

const DIFFERENT: [unknown, unknown, string][] = [
  [1, 1n, ""],
  [0, -0, ""],
  [null, undefined, ""],
  [{ a: undefined }, {}, "a"],
  [[1, 2], [1], "[1]"],
  [{ edits: [{ name: "A" }, { name: "B" }] }, { edits: [{ name: "A" }, { name: "C" }] }, "edits[1].name"],
  [{ "a b": { c: 1 } }, { "a b": { c: 2 } }, "a b.c"],
  [[], {}, ""],
  [new Date(5), new Date(6), ""],
  [new Map([["a", 1]]), new Map([["a", 2]]), "a"],
];

for (const [one, other] of SAME) {
  Deno.test(`assertEquals: ${Deno.inspect(one)} is ${Deno.inspect(other)}`, () => assertEquals(one, other));
}

for (const [one, other, path] of DIFFERENT) {
  Deno.test(`assertEquals: ${Deno.inspect(one)} is not ${Deno.inspect(other)}`, () => {
    const first = said(() => assertEquals(one, other))?.split("\n")[0];
    assert.equal(first, `they differ${path === "" ? "" : ` at ${path}`} (- expected, + actual)`);
    assert.equal(said(() => assertEquals(other, one))?.split("\n")[0], first);
  });
}

Deno.test("assertEquals shows what was expected and what is, line by line", () => {
  const message = said(() => assertEquals({ a: 1, b: [2n] }, { a: 1, b: [3n], c: "x" }, "plan"));
  assert.equal(
    message,
    [
      "plan: they differ at b[0] (- expected, + actual)",
      "  {",
      "    a: 1,",
      "    b: [",
      "-     3n,",
      "+     2n,",
      "    ],",
      '-   c: "x",',
      "  }",
    ].join("\n"),
  );
});

Deno.test("what contains itself is compared and shown", () => {
  const own: Record<string, unknown> = { a: 1 };
  own.self = own;
  const other: Record<string, unknown> = { a: 1 };
  other.self = other;
  assertEquals(own, other);
  assert.match(said(() => assertEquals(own, { a: 2 }))!, /self: \[itself\]/);
});

Deno.test("assert, assertMatch and assertThrows say what is not so", async () => {
  assert.equal(said(() => assertThat(0, "none")), "none");
  assert.equal(said(() => assertMatch("abc", /x/)), '"abc" does not match /x/');
  assert.equal(said(() => assertMatch(undefined, /x/, "reason")), "reason: undefined does not match /x/");
  assert.equal(said(() => assertThrows(() => {})), "it throws nothing");
  const wrong = () => {
    throw new TypeError("other");
  };
  assert.match(said(() => assertThrows(wrong, /x/))!, /"other", does not match \/x\//);
  assert.ok(assertThrows(wrong) instanceof TypeError);
  assertThrows(() => {
    throw undefined;
  }, /undefined/);
  await assert.rejects(assertRejects(Promise.resolve()), /it throws nothing/);
  assert.equal(((await assertRejects(() => Promise.reject(new Error("no")), /no/)) as Error).message, "no");
});
