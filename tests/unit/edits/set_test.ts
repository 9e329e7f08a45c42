import assert from "node:assert/strict";
import { type Edit, type Json, set, setEnv } from "container-hooks/plugin";
import { applyPatches, editJson, invertPatches, parseJsonObject } from "../../../mod/text/json/json_text.ts";
import { mergeEdits } from "../../../mod/edits/merge.ts";
import { SPEC } from "../../../mod/core/spec_shape.ts";
import { assertConflict, described, merged, mergedText, ofTwo, testRefused } from "./trying.ts";

const by = (...edits: Edit[]) => ({ plugin: "a", edits });

testRefused([
  ["no pointer", set("", 1), /pointer" must be a JSON Pointer to a field/],
  ["a path with dots", set("process.cwd", "/"), /pointer" must be a JSON Pointer/],
  ["an escape that is none", set("/process/~2", 1), /pointer" must be a JSON Pointer/],
  [
    "a field that is misspelt",
    set("/process/oomScoreAdjust", 1),
    /the specification has no \/process\/oomScoreAdjust/,
  ],
  ["a field below a text", set("/hostname/x", 1), /the specification has no \/hostname\/x/],
  [
    "an element behind the list",
    set("/linux/namespaces/-", {}),
    /the specification has no \/linux\/namespaces\/-/,
  ],
  ["a value of another type", set("/process/oomScoreAdj", "1"), /value" must be a whole number of 64 bits/],
  [
    "a value with a field that is misspelt",
    set("/linux/seccomp", { Action: "x" }),
    /value\.Action" is unknown/,
  ],
  [
    "a value with a wrong field",
    set("/process/scheduler", { nice: "a" }),
    /value\.nice" must be a whole number of 32/,
  ],
  ["a value with a NUL", set("/hostname", "a\0b"), /value" must not contain a NUL/],
  ["a value that is missing", { edit: "set", pointer: "/hostname" }, /value" is missing/],
]);

const KEPT = [
  ["/hooks", "use hook"],
  ["/hooks/poststop/0/path", "/hooks use hook"],
  ["/process", "/process/args use args"],
  ["/process/args/0", "/process/args use args"],
  ["/process/env", "use setEnv and unsetEnv"],
  ["/process/user", "/process/user/additionalGids use additionalGids"],
  ["/mounts/0/options", "/mounts use mount"],
  ["/linux", "/linux/sysctl use sysctl"],
  ["/linux/resources/memory/limit", "/linux/resources use resources"],
  ["/linux/devices", "use device"],
  ["/annotations/x", "/annotations use annotation"],
  ["/root", "/root/path is the image's file system"],
  ["/root/path", "is the image's file system"],
  ["/process/terminal", "must be as the engine has it"],
  ["/linux/cgroupsPath", "is where the engine looks"],
  ["/ociVersion", "says how the runtime is to read"],
] as const;

testRefused(KEPT.map(([pointer, says]) => [
  `${pointer}, which is others',`,
  set(pointer, {}),
  new RegExp(`pointer" cannot be set: ${says}`),
]));

Deno.test("every field of config.json is reached by an edit: a kind of its own, or set", () => {
  const reached: [string, Json][] = [
    ["/hostname", "a"],
    ["/domainname", "b"],
    ["/root/readonly", true],
    ["/process/cwd", "/x"],
    ["/process/user/uid", 5],
    ["/process/noNewPrivileges", true],
    ["/process/oomScoreAdj", -5],
    ["/process/apparmorProfile", "x"],
    ["/process/scheduler", { policy: "SCHED_BATCH", nice: 3 }],
    ["/process/ioPriority", { class: "IOPRIO_CLASS_IDLE", priority: 0 }],
    ["/linux/seccomp/defaultAction", "SCMP_ACT_ALLOW"],
    ["/linux/namespaces", [{ type: "pid" }]],
    ["/linux/rootfsPropagation", "private"],
    ["/linux/timeOffsets/boottime", { secs: 1n, nanosecs: 2 }],
    ["/linux/personality", { domain: "LINUX32" }],
  ];
  const spec = merged({}, by(...reached.map(([pointer, value]) => set(pointer, value))));
  assert.equal(SPEC.fault(spec), undefined);
  assert.equal(spec.process?.user?.uid, 5);
  assert.equal(spec.hostname, "a");
});

Deno.test("an index is the element's, and one that is not there is refused", () => {
  const spec = { linux: { namespaces: [{ type: "pid" }, { type: "network" }] } };
  const edit = set("/linux/namespaces/1/path", "/proc/1/ns/net");
  assert.deepEqual(merged(spec, by(edit)).linux?.namespaces?.[1], {
    type: "network",
    path: "/proc/1/ns/net",
  });
  for (const without of [{}, { linux: { namespaces: [] } }]) {
    assert.throws(() => merged(without, by(edit)), {
      code: "plugin-edit",
      message: /"edits\[0\]\.pointer" leads to .*, and this config\.json has no element 1 there/,
    });
  }
});

Deno.test("two plugins that set a field differently are named, and so are a field and a part of it", () => {
  assertConflict(set("/hostname", "a"), set("/hostname", "b"), "the field /hostname");
  const [whole, part] = [
    set("/linux/seccomp", { defaultAction: "A" }),
    set("/linux/seccomp/defaultAction", "B"),
  ];
  assertConflict(whole, part, "the field /linux/seccomp");
  assertConflict(part, whole, "the field /linux/seccomp");
  const spec = merged({}, ...ofTwo(set("/process/user/uid", 1), set("/process/user/gid", 2)));
  assert.deepEqual(spec.process?.user, { uid: 1, gid: 2 });
});

Deno.test("what was set is taken back byte for byte", () => {
  const text = '{\n "hostname" : "x\\u0061",\n "process":{"oomScoreAdj":-0,"env":["A=1"]}, "zzz": 1E400 }\n';
  const json = parseJsonObject(text, "config.json");
  const edits = [
    set("/hostname", "b"),
    set("/process/oomScoreAdj", null),
    set("/linux/rootfsPropagation", "slave"),
  ];
  const edited = editJson(
    json,
    mergeEdits({ hostname: "xa", process: { env: ["A=1"] } }, [by(...edits, setEnv("A", "2"))]),
  );
  assert.match(edited.text, /"hostname" : "b"/);
  assert.equal(applyPatches(edited.text, invertPatches(text, edited.patches)), text);
});

Deno.test("of a field that was set explain shows its value, and hides texts that may be secrets", () => {
  assert.equal(described(set("/process/oomScoreAdj", -5)).withoutSecrets, "/process/oomScoreAdj = -5");
  assert.equal(
    described(set("/linux/timeOffsets/boottime", { secs: 1n })).all,
    '/linux/timeOffsets/boottime = {"secs":"1"}',
  );
  assert.doesNotMatch(described(set("/hostname", "s3cret")).withoutSecrets, /s3cret/);
  assert.equal(mergedText({}, by(set("/hostname", "a"))), '{"hostname":"a"}');
});
