import assert from "node:assert/strict";
import { annotation, hook, mount, netDevice, setEnv } from "container-hooks/plugin";
import { checked } from "./trying.ts";

Deno.test("what the public functions make is accepted as it is, and nothing is no edit", () => {
  const edits = [
    hook.createRuntime("/bin/true", ["a"], { env: { A: "1" }, timeout: 3 }),
    mount({ destination: "/a", source: "/b", options: ["rbind"] }),
    setEnv("A", "1"),
    annotation("org.example.a", ""),
    netDevice("tap0", "myTap"),
  ];
  assert.deepEqual(checked("p", edits), edits);
  assert.deepEqual(checked("p", undefined), []);
});

const WRONG: [what: string, edits: unknown, says: RegExp][] = [
  ["no array", {}, /edits must be an array, not an object/],
  ["an edit that is none", [7], /"edits\[0\]" must be an object, not 7/],
  [
    "an unknown kind",
    [{ edit: "fly" }],
    /"edits\[0\]\.edit" must be one of hook, mount, env, unsetEnv, args, annotation/,
  ],
  ["a kind that every object has", [{ edit: "constructor" }], /must be one of hook/],
  ["a kind that is no text", [{ edit: ["env"] }], /must be one of hook/],
  [
    "an edit that is left out",
    [setEnv("A", "1"), , setEnv("B", "2")],
    /"edits\[1\]" must be data, and is missing/,
  ],
  ["a getter", [{
    edit: "env",
    get name() {
      return "A";
    },
    value: "",
  }], /"edits\[0\]\.name" must be data, not a getter/],
  ["a Set of edits", new Set([setEnv("A", "1")]), /edits must be a plain object/],
  [
    "1,500 edits",
    Array.from({ length: 1500 }, () => setEnv("A", "1")),
    /edits has 1500 entries, and 1000 is the limit/,
  ],
  ["too much", [setEnv("A", "x".repeat(1024 * 1024))], /edits is larger than 1 MiB/],
];

for (const [what, edits, says] of WRONG) {
  Deno.test(`${what} is refused by its field`, () => {
    assert.throws(() => checked("p", edits), { code: "plugin-edit", message: says });
  });
}

Deno.test("what was checked is a copy: the plugin cannot change it afterwards", () => {
  const edit = setEnv("A", "1");
  const [copy] = checked("p", [edit]);
  edit.value = "2";
  assert.deepEqual(copy, setEnv("A", "1"));
});
