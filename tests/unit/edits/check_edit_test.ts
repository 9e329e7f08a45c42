import assert from "node:assert/strict";
import { annotation, hook, mount, netDevice, setEnv } from "container-hooks/plugin";
import { checkEdits } from "../../../mod/edits/check_edit.ts";

const HOOK = { path: "/bin/true", args: ["true"], env: ["PATH=/bin"] };
const asHook = (fields: object) => ({ edit: "hook", stage: "prestart", hook: { ...HOOK, ...fields } });
const asMount = (fields: object) => ({
  edit: "mount",
  mount: { destination: "/a", source: "/b", ...fields },
});

Deno.test("what the public functions make is accepted as it is", () => {
  const edits = [
    hook.createRuntime("/bin/true", ["a"], { env: { A: "1" }, timeout: 3 }),
    mount({ destination: "/a", source: "/b", options: ["rbind"] }),
    setEnv("A", "1"),
    annotation("org.example.a", ""),
    netDevice("tap0", "myTap"),
  ];
  assert.deepEqual(checkEdits("p", edits), edits);
});

const WRONG: [what: string, edits: unknown, says: RegExp][] = [
  ["no array", {}, /edits must be an array/],
  ["an unknown kind", [{ edit: "device" }], /"edits\[0\]\.edit" must be one of hook, mount, env, annotation/],
  ["a kind that every object has", [{ edit: "constructor" }], /must be one of hook/],
  [
    "a device with a long name",
    [netDevice("tap0", "abcdefghijklmnop")],
    /must be the name of a network device/,
  ],
  ["a device that is a path", [netDevice("../tap0", "a")], /must be the name of a network device/],
  ["an unknown field", [{ ...setEnv("A", "1"), when: 1 }], /"edits\[0\]\.when" is unknown/],
  ["an unknown stage", [{ edit: "hook", stage: "start", hook: HOOK }], /stage" must be one of prestart/],
  ["a relative hook", [asHook({ path: "true" })], /hook\.path" must be an absolute path/],
  ["no args[0]", [asHook({ args: [] })], /must hold args\[0\]/],
  ["no environment", [asHook({ env: [] })], /must name at least one variable/],
  ["a loader variable", [asHook({ env: ["LD_AUDIT=/x"] })], /variable of the program loader/],
  ["a tunable", [asHook({ env: ["GLIBC_TUNABLES=x"] })], /variable of the program loader/],
  ["a variable without a value", [asHook({ env: ["PATH"] })], /must be NAME=value/],
  ["a NUL", [asHook({ path: "/bin/true\0x" })], /must not contain a NUL/],
  ["no time at all", [asHook({ timeout: 0 })], /whole number of seconds/],
  ["a part of a second", [asHook({ timeout: 0.5 })], /whole number of seconds/],
  ["a relative mount", [asMount({ destination: "a" })], /destination" must be an absolute path/],
  [
    "a destination that leads elsewhere",
    [asMount({ destination: "/dev/../etc/x" })],
    /must not have \. or \.\. in it/,
  ],
  ["a destination with a dot", [asMount({ destination: "/./etc" })], /must not have \. or \.\. in it/],
  ["an argument that is left out", [asHook({ args: ["true", , "x"] })], /args\[1\]" must be a string/],
  ["an edit that is left out", [setEnv("A", "1"), , setEnv("B", "2")], /"edits\[1\]" must be an object/],
  ["an array of four billion", [asHook({ args: new Array(2 ** 32 - 1) })], /larger than 1 MiB/],
  ["a getter in an array", [asHook({
    args: Object.defineProperty(["true"], 0, { get: () => "true", enumerable: true }),
  })], /args\.0" must be data, not a getter/],
  ["a text as large as memory", [setEnv("A", "x".repeat(500 * 1024 * 1024))], /larger than 1 MiB/],
  ["much in little pieces", [asMount({ options: Array(900_000).fill("") })], /larger than 1 MiB/],
  ["options that are a text", [asMount({ options: "ro" })], /options" must be an array of strings/],
  ["mappings that are a text", [asMount({ uidMappings: "zzz" })], /uidMappings" must be an array/],
  [
    "a bigint",
    [asMount({ gidMappings: [{ containerID: 0, hostID: 0, size: 1n }] })],
    /whole number of 32 bits/,
  ],
  ["a variable's name with =", [{ edit: "env", name: "A=B", value: "" }], /must be a variable's name/],
  ["a getter", [{
    edit: "env",
    get name() {
      return "A";
    },
    value: "",
  }], /must be data, not a getter/],
  ["too many", Array.from({ length: 1001 }, () => setEnv("A", "1")), /more than 1000 entries/],
  ["too much", [setEnv("A", "x".repeat(1024 * 1024))], /larger than 1 MiB/],
];

for (const [what, edits, says] of WRONG) {
  Deno.test(`${what} is refused by its field`, () => {
    assert.throws(() => checkEdits("p", edits), says);
  });
}

Deno.test("an environment as an array became variables named 0, 1, 2, and letters of a text arguments", () => {
  const wrong = hook.poststop as (...words: unknown[]) => unknown;
  assert.throws(() => wrong("/bin/true", [], { env: ["LD_PRELOAD=/x"] }), /takes env as an object/);
  assert.throws(() => wrong("/bin/true", [], { env: "A=1" }), /takes env as an object/);
  assert.throws(() => wrong("/bin/true", "web"), /takes its arguments as an array/);
});

Deno.test("what was checked is a copy: the plugin cannot change it afterwards", () => {
  const edit = setEnv("A", "1");
  const [checked] = checkEdits("p", [edit]);
  edit.value = "2";
  assert.deepEqual(checked, setEnv("A", "1"));
});
