/** Edits of the container's process: unsetEnv, args, rlimit, capabilities, additionalGids. */
import assert from "node:assert/strict";
import {
  additionalGids,
  args,
  capabilities,
  RLIM_INFINITY,
  type Rlimit,
  rlimit,
  setEnv,
  unsetEnv,
} from "container-hooks/plugin";
import { assertConflict, checked, described, merged, mergedText, ofTwo, testRefused } from "./trying.ts";

const by = (...edits: Parameters<typeof ofTwo>[0][]) => ({ plugin: "a", edits });
const NOFILE = "RLIMIT_NOFILE";

testRefused([
  ["a variable without a name that is to go", unsetEnv(""), /name" must be a variable's name/],
  ["no arguments", args([]), /args" must begin with a program/],
  ["a program without a name", args(["", "x"]), /args" must begin with a program/],
  ["an argument with a NUL", args(["a", "b\0c"]), /args\[1\]" must not contain a NUL/],
  ["a limit of no kind", { ...rlimit(NOFILE, 1), type: "nofile" }, /type" must be one of RLIMIT_AS/],
  ["a limit above its hard one", rlimit(NOFILE, 2, 1), /soft" must not be above hard/],
  ["a limit below zero", rlimit(NOFILE, -1), /soft" must be a whole number of 64 bits, not below 0/],
  ["a limit of 65 bits", rlimit(NOFILE, 2n ** 64n), /soft" is wider than 64 bits/],
  ["a limit that has lost digits", rlimit(NOFILE, 2 ** 60), /beyond 2\^53/],
  ["a capability in lower case", capabilities({ add: ["net_raw"] }), /add\[0\]" must be the name of a cap/],
  [
    "a capability that is added and dropped",
    capabilities({ add: ["CAP_A"], drop: ["CAP_A"] }),
    /drop\[0\]" names CAP_A again/,
  ],
  ["no capability", capabilities({}), /must add or drop a capability at least/],
  ["no group", additionalGids(), /gids" must name a group at least/],
  ["a group of 33 bits", additionalGids(2 ** 32), /gids\[0\]" must be a whole number of 32 bits/],
]);

Deno.test("a variable that stands twice is gone whole, and the others stay as they are", () => {
  const env = ["A=1", "B=2", "A=3", "AB=4", "C=5"];
  const spec = merged({ process: { env } }, by(setEnv("C", "6"), unsetEnv("A"), setEnv("D", "7")));
  assert.deepEqual(spec.process?.env, ["B=2", "AB=4", "C=6", "D=7"]);
});

Deno.test("a variable that is not there is none to remove", () => {
  const text = mergedText({ process: { env: ["A=1"] } }, by(unsetEnv("B")));
  assert.equal(text, '{"process":{"env":["A=1"]}}');
});

Deno.test("one plugin sets a variable and another takes it away: both are named", () => {
  assertConflict(setEnv("A", "1"), unsetEnv("A"), "the variable A");
  assert.deepEqual(
    merged({ process: { env: ["A=1"] } }, ...ofTwo(unsetEnv("A"), unsetEnv("A"))).process?.env,
    [],
  );
});

Deno.test("arguments take the place of the container's, and two plugins that want others are named", () => {
  assert.deepEqual(merged({ process: { args: ["a"] } }, by(args(["b", "c"]))).process?.args, ["b", "c"]);
  assertConflict(args(["a"]), args(["b"]), "the arguments of the process");
});

Deno.test("an argument that may be a secret is not shown", () => {
  const { all, withoutSecrets } = described(args(["sh", "--token=x"]));
  assert.equal(all, '["sh","--token=x"]');
  assert.doesNotMatch(withoutSecrets, /token/);
  assert.match(withoutSecrets, /^\["sh",/);
});

Deno.test("a limit keeps all of its digits, and takes the place of the one that a runtime would take", () => {
  const limit = (soft: bigint): Rlimit => ({ type: NOFILE, soft, hard: soft });
  const rlimits = JSON.parse(
    JSON.stringify([limit(1n), limit(2n)], (_, v) => typeof v === "bigint" ? Number(v) : v),
  );
  const text = mergedText(
    { process: { rlimits } },
    by(rlimit(NOFILE, 7, RLIM_INFINITY), rlimit("RLIMIT_CORE", 0)),
  );
  assert.match(text, /"soft":1,"hard":1\},\{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":7\}/);
  assert.match(text, /\{"type":"RLIMIT_CORE","hard":0,"soft":0\}\]/);
});

Deno.test("two plugins that want different limits of one type are named, and a bigint wants what a number does", () => {
  assertConflict(rlimit(NOFILE, 1), rlimit(NOFILE, 2), `the limit ${NOFILE}`);
  assert.equal(merged({}, ...ofTwo(rlimit(NOFILE, 1), rlimit(NOFILE, 1n))).process?.rlimits?.length, 1);
});

Deno.test("of a limit explain shows unlimited where it is", () => {
  assert.equal(described(rlimit(NOFILE, 1024, RLIM_INFINITY)).all, "RLIMIT_NOFILE 1024:unlimited");
});

Deno.test("capabilities come into the sets of root, all five where they are ambient, and go from all", () => {
  const [A, B, C] = ["CAP_A", "CAP_B", "CAP_C"] as const;
  const sets = { bounding: [A, B], effective: [B, A], permitted: null as never, inheritable: [B] };
  const edit = capabilities({ add: [A, C], ambient: ["CAP_D"], drop: [B] });
  assert.deepEqual(merged({ process: { capabilities: sets } }, by(edit)).process?.capabilities, {
    bounding: [A, C, "CAP_D"],
    effective: [A, C, "CAP_D"],
    permitted: [A, C, "CAP_D"],
    inheritable: ["CAP_D"],
    ambient: ["CAP_D"],
  });
});

Deno.test("capabilities of a config.json that says nothing of them are refused: runtimes differ there", () => {
  assert.throws(() => merged({ process: {} }, by(setEnv("A", "1"), capabilities({ drop: ["CAP_A"] }))), {
    code: "plugin-edit",
    message: /"edits\[1\]\.capabilities" cannot be changed: config\.json has no process\.capabilities/,
  });
});

Deno.test("one plugin gives a capability and another takes it: both are named", () => {
  assertConflict(capabilities({ add: ["CAP_A"] }), capabilities({ drop: ["CAP_A"] }), "the capability CAP_A");
  assert.equal(
    described(capabilities({ add: ["CAP_A"], ambient: ["CAP_B"], drop: ["CAP_C"] })).all,
    "+CAP_A +CAP_B (ambient) -CAP_C",
  );
});

Deno.test("groups add up, each once", () => {
  const spec = { process: { user: { additionalGids: [1, 2] } } };
  const [first, second] = [additionalGids(2, 3, 3), additionalGids(3)];
  const { user } = merged(spec, ...ofTwo(first, second)).process!;
  assert.deepEqual(user?.additionalGids, [1, 2, 3]);
  assert.deepEqual(checked("p", [first]), [first]);
});
