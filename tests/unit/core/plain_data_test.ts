import assert from "node:assert/strict";
import { takeApart } from "../../../mod/core/plain_data.ts";

const LIMIT = 1024 * 1024;
const take = (value: unknown) => takeApart(value, "value", LIMIT);
const never = () => {
  throw new Error("it was called");
};

Deno.test("plain data is copied as it is, to the last digit of 64 bits", () => {
  const data = { a: [1, -1.5, "x", null, true], b: { c: 2n ** 64n - 1n, d: -(2n ** 63n) }, "": {}, e: [] };
  assert.deepEqual(take(data), data);
  assert.notEqual(take(data), data);
  assert.equal(take(undefined), undefined);
});

Deno.test("a field that is undefined is absent, and __proto__ is a key like any other", () => {
  assert.deepEqual(take({ a: undefined, b: 1 }), { b: 1 });
  const copy = take(JSON.parse('{"__proto__":{"env":["A=1"]}}')) as object;
  assert.deepEqual(Object.keys(copy), ["__proto__"]);
  assert.equal((copy as Record<string, unknown>).env, undefined);
});

Deno.test("the copy of -0 is 0, since runtimes take -0 for no whole number", () => {
  assert.ok(Object.is(take(-0), 0));
});

Deno.test("an object without a prototype, and one that is frozen, are plain", () => {
  assert.deepEqual(take(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  assert.deepEqual(take(Object.freeze({ a: Object.freeze([1]) })), { a: [1] });
});

class WithGetter {
  path = "/bin/true";
  get env() {
    return never();
  }
}

class Items extends Array {
  override [Symbol.iterator] = never as never;
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const REFUSED: [what: string, value: unknown, says: RegExp][] = [
  ["a getter", {
    get a() {
      return never();
    },
  }, /value\.a must be data, not a getter/],
  [
    "a setter alone",
    Object.defineProperty({}, "a", { set: never, enumerable: true }),
    /value\.a must be data, not a getter/,
  ],
  [
    "a getter in an array",
    Object.defineProperty([1], 0, { get: never }),
    /value\[0\] must be data, not a getter/,
  ],
  [
    "an instance whose class has a getter",
    new WithGetter(),
    /value must be a plain object, which is no instance/,
  ],
  [
    "an object that inherits its data",
    Object.create({ env: [] }),
    /value must be a plain object, .* inherits nothing/,
  ],
  [
    "a field that is not enumerable",
    Object.defineProperty({}, "env", { value: [], enumerable: false }),
    /value\.env must be an enumerable field/,
  ],
  ["a symbol for a key", { [Symbol.iterator]: 1 }, /without symbols/],
  ["a symbol", [Symbol("x")], /value\[0\] must be data, not a symbol/],
  ["a function", { toJSON: never }, /value\.toJSON must be data, not a function/],
  [
    "an array with an iterator of its own",
    Object.assign([1], { [Symbol.iterator]: never }),
    /without fields of its own/,
  ],
  ["an array with a field", Object.assign([1], { more: 1 }), /without fields of its own/],
  ["an array of another class", Items.from([1]), /must be an array and no class of its own/],
  ["an array with a hole", [1, , 3], /value\[1\] must be data, and is missing/],
  ["undefined in an array", [1, undefined], /value\[1\] must be data, not undefined/],
  ["a Map", { a: new Map() }, /value\.a must be a plain object/],
  ["a Set", new Set(["no"]), /value must be a plain object/],
  ["a Date", new Date(0), /value must be a plain object/],
  ["bytes", new Uint8Array(2), /value must be a plain object/],
  ["a text as an object", new String("x"), /value must be a plain object/],
  ["NaN", { a: NaN }, /value\.a must be a number that JSON holds, not NaN/],
  ["a number without end", Infinity, /not Infinity/],
  ["65 bits", 2n ** 64n, /wider than 64 bits/],
  ["65 bits below zero", -(2n ** 63n) - 1n, /wider than 64 bits/],
  ["what holds itself", cyclic, /more than 64 objects and arrays inside one another/],
  ["an array of four billion", new Array(2 ** 32 - 1), /value is larger than 1 MiB/],
  ["a text as large as memory", ["x".repeat(500 * LIMIT)], /value is larger than 1 MiB/],
  ["much in little pieces", Array(900_000).fill(""), /value is larger than 1 MiB/],
  ["much in keys", { ["k".repeat(2 * LIMIT)]: 1 }, /value is larger than 1 MiB/],
  ["a Proxy whose trap throws", new Proxy({}, { ownKeys: never }), /value cannot be read: it was called/],
  [
    "a Proxy whose trap throws a Proxy",
    new Proxy({}, {
      ownKeys: () => {
        throw new Proxy({}, { getPrototypeOf: never });
      },
    }),
    /value cannot be read: /,
  ],
];

for (const [what, value, says] of REFUSED) {
  Deno.test(`${what} is refused by its field, and nothing of it is called`, () => {
    assert.throws(() => take(value), { name: "Error", message: says });
  });
}

Deno.test("a Proxy that answers otherwise the second time is read once", () => {
  let asked = 0;
  const proxy = new Proxy({ path: "" }, {
    getOwnPropertyDescriptor: () => ({
      value: asked++ === 0 ? "/bin/true" : "/bin/id",
      enumerable: true,
      configurable: true,
      writable: true,
    }),
  });
  assert.deepEqual(take(proxy), { path: "/bin/true" });
  assert.equal(asked, 1);
});
