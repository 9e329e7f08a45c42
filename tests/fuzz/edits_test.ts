/**
 * Edits as anybody may write them: what is not refused by its field gives a config.json that the specification allows,
 * in which nothing else has changed, and which is taken back byte for byte.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SPEC } from "../../mod/core/spec_shape.ts";
import { checkEdits } from "../../mod/edits/check_edits.ts";
import { EDIT_TAGS, kindOf } from "../../mod/edits/kinds.ts";
import { mergeEdits } from "../../mod/edits/merge.ts";
import { takeAnswer } from "../../mod/edits/take_answer.ts";
import { Failure } from "../../mod/errors.ts";
import { applyPatches, editJson, invertPatches, parseJsonObject } from "../../mod/text/json/json_text.ts";

const TEXT = `{
  "ociVersion": "1.0.2", "x-vendor": {"big": 18446744073709551616, "float": 1E400, "zero": -0},
  "process": {"args": ["sh"], "env": ["A=1", "B=2", "A=3"], "user": {"uid": 0, "gid": 0, "additionalGids": [7]},
    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1}],
    "capabilities": {"bounding": ["CAP_KILL", "CAP_CHOWN"], "effective": ["CAP_KILL"], "permitted": null}},
  "mounts": [{"destination": "/proc", "type": "proc"}], "annotations": {"a": "b"},
  "linux": {"namespaces": [{"type": "network"}, {"type": "ipc"}], "maskedPaths": null, "sysctl": {"net.a": "1"},
    "devices": [{"path": "/dev/a", "type": "c", "major": 1, "minor": 2}],
    "resources": {"devices": [{"allow": false}], "memory": {"limit": 9223372036854775807}}}
}`;

const word = fc.constantFrom(
  ...[
    "A",
    "B",
    "a",
    "/a",
    "/proc",
    "/dev/a",
    "/",
    "//x/",
    "..",
    "",
    "CAP_KILL",
    "CAP_CHOWN",
    "RLIMIT_NOFILE",
    "net.a",
  ],
  ...[
    "kernel.sem",
    "c",
    "p",
    "rwm",
    "poststop",
    "2MB",
    "a\0b",
    "undefined",
    "__proto__",
    "v.com/gpu=0",
    "/hostname",
  ],
  ...[
    "/process/oomScoreAdj",
    "/linux/namespaces/0/path",
    "/linux/namespaces/9/path",
    "/linux/seccomp",
    "/hooks",
  ],
);
const number = fc.constantFrom(0, 1, -1, 7, 0.5, -0, 2 ** 32, 2 ** 60, 1n, 2n ** 63n, 2n ** 64n - 1n);
const leaf = fc.oneof(word, number, fc.boolean(), fc.constant(null));
const value = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom(
      "limit",
      "memory",
      "pids",
      "path",
      "type",
      "major",
      "minor",
      "args",
      "env",
      "destination",
      "soft",
    ),
    fc.oneof(leaf, fc.array(word, { maxLength: 2 }), fc.dictionary(fc.constantFrom("limit", "swap"), leaf)),
  ),
);
const field = fc.constantFrom(
  ...[
    "name",
    "value",
    "key",
    "args",
    "mount",
    "hook",
    "stage",
    "host",
    "type",
    "soft",
    "hard",
    "add",
    "drop",
  ],
  ...["ambient", "gids", "resources", "path", "pointer", "device"],
);

/** Edits of all kinds, most of them nearly right. */
const edit = fc.record({
  tag: fc.constantFrom(...EDIT_TAGS),
  fields: fc.dictionary(field, value, { maxKeys: 4 }),
})
  .map(({ tag, fields }) => ({ ...fields, edit: tag }));

/** Those that are right more often: one of each kind with fields that fit it. */
const fitting = fc.oneof(
  fc.record({ edit: fc.constant("env"), name: word, value: word }),
  fc.record({ edit: fc.constant("unsetEnv"), name: word }),
  fc.record({ edit: fc.constant("args"), args: fc.array(word, { maxLength: 2 }) }),
  fc.record({ edit: fc.constant("annotation"), key: word, value: word }),
  fc.record({ edit: fc.constant("rlimit"), type: fc.constant("RLIMIT_NOFILE"), soft: number, hard: number }),
  fc.record({ edit: fc.constant("sysctl"), name: word, value: word }),
  fc.record({ edit: fc.constant("maskedPath"), path: word }),
  fc.record({ edit: fc.constant("readonlyPath"), path: word }),
  fc.record({ edit: fc.constant("additionalGids"), gids: fc.array(number, { maxLength: 3 }) }),
  fc.record({
    edit: fc.constant("capabilities"),
    add: fc.array(fc.constantFrom("CAP_A", "CAP_KILL"), { maxLength: 2 }),
    drop: fc.array(fc.constantFrom("CAP_CHOWN", "CAP_KILL"), { maxLength: 2 }),
  }),
  fc.record({ edit: fc.constant("set"), pointer: word, value }),
  fc.record({ edit: fc.constant("resources"), resources: value }),
  fc.record({ edit: fc.constant("mount"), mount: fc.record({ destination: word, source: word }) }),
  fc.record({
    edit: fc.constant("device"),
    device: fc.record({ path: word, type: word, major: number, minor: number }),
  }),
);

Deno.test("what is not refused is a config.json as the specification has it, and is taken back to the byte", () => {
  let made = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof(fitting, fitting, edit), { maxLength: 3 }), { maxLength: 3 }),
      (plugins) => {
        const json = parseJsonObject(TEXT, "config.json");
        let text: string, patches: Parameters<typeof applyPatches>[1];
        try {
          const owned = plugins.map((edits, index) => {
            const plugin = `p${index}`;
            return { plugin, edits: checkEdits(plugin, takeAnswer({ name: plugin }, { edits }).edits) };
          });
          for (const { edits } of owned) {
            for (const each of edits) {
              const kind = kindOf(each.edit)!;
              kind.describe(kind.withoutSecrets?.(each) ?? each);
              kind.features?.(each);
            }
          }
          ({ text, patches } = editJson(json, mergeEdits(json.value, owned)));
        } catch (error) {
          assert.ok(error instanceof Failure, String(error));
          assert.ok(["plugin-edit", "conflict"].includes(error.code), error.message);
          return;
        }
        made++;
        const { value: after } = parseJsonObject(text, "config.json");
        assert.equal(SPEC.fault(after), undefined, text);
        assert.deepEqual(after["x-vendor"], json.value["x-vendor"]);
        assert.ok(text.includes('{"big": 18446744073709551616, "float": 1E400, "zero": -0}'));
        assert.equal(applyPatches(text, invertPatches(TEXT, patches)), TEXT);
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(made > 100, `only ${made} of all were made, so nothing was tried`);
});
