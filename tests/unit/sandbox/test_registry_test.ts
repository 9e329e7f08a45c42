import assert from "node:assert/strict";
import { TestRegistry } from "../../../mod/sandbox/test_registry.ts";

type Register =
  & ((...words: unknown[]) => void)
  & Record<"ignore" | "skip" | "only", (...words: unknown[]) => void>;

function registry() {
  const tests = new TestRegistry();
  return { tests, register: tests.registrar() as Register };
}

const nothing = () => {};

const FORMS: [string, (register: Register) => void][] = [
  ["name and function", (register) => register("a", nothing)],
  ["a named function", (register) => register(function a() {})],
  ["an object", (register) => register({ name: "a", fn: nothing })],
  ["name, object and function", (register) => register("a", {}, nothing)],
  ["object and function", (register) => register({ name: "a" }, nothing)],
];

for (const [form, add] of FORMS) {
  Deno.test(`a test is registered with ${form}, as Deno.test takes it`, () => {
    const { tests, register } = registry();
    add(register);
    assert.deepEqual(tests.list().map(({ name, ignored }) => ({ name, ignored })), [{
      name: "a",
      ignored: false,
    }]);
  });
}

Deno.test("ignored tests stay out, and where one is marked with only, all others do", () => {
  const { tests, register } = registry();
  register("a", nothing);
  register.ignore("b", nothing);
  register({ name: "c", ignore: true, fn: nothing });
  const ignored = () => tests.list().filter(({ ignored }) => ignored).map(({ name }) => name);
  assert.deepEqual(ignored(), ["b", "c"]);
  register.only("d", nothing);
  assert.deepEqual(ignored(), ["a", "b", "c"]);
});

Deno.test("what is no test is refused where it is registered", () => {
  const { register } = registry();
  for (const words of [[], ["a"], [() => {}], ["", nothing], [{ name: 1, fn: nothing }]]) {
    assert.throws(() => register(...words), /a test is registered with a name and a function/);
  }
});

Deno.test("the failure of a step is that of its test", async () => {
  const { tests, register } = registry();
  const names: string[] = [];
  register(
    "a",
    async (context: { step(name: string, body: (c: { name: string }) => void): Promise<boolean> }) => {
      assert.equal(await context.step("one", ({ name }) => void names.push(name)), true);
      await context.step("two", () => {
        throw new Error("of two");
      });
    },
  );
  await assert.rejects(tests.list()[0]!.body(), /of two/);
  assert.deepEqual(names, ["a ... one"]);
});
