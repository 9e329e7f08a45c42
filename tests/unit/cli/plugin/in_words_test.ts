import assert from "node:assert/strict";
import type { Manifest, When } from "container-hooks/plugin";
import { needsInWords, whenInWords } from "../../../../mod/cli/plugin/in_words.ts";

const WHEN: [When | undefined, string][] = [
  [undefined, "every workload"],
  [{}, "no container"],
  [{ always: true }, "always"],
  [{ always: false }, "never"],
  [{ labels: { "^team$": "^payments$" } }, "label team = payments"],
  [{ labels: { "^team$": "." } }, "label team"],
  [
    { annotations: { "^org[.]example\\.audit$": "^(yes|true)$" } },
    "annotation org.example.audit ~ ^(yes|true)$",
  ],
  [{ env: { "^A$": "b", "^C$": "" } }, "variable A = b, variable C"],
  [{ image: ["^registry[.]example[.]com/"] }, "image ~ ^registry[.]example[.]com/"],
  [{ engine: ["docker", "podman"], role: ["sandbox"] }, "engine docker or podman, role sandbox"],
  [{ hasBindMounts: true }, "with bind mounts"],
];

for (const [when, words] of WHEN) {
  Deno.test(`when ${JSON.stringify(when)} in words`, () => assert.equal(whenInWords(when), words));
}

Deno.test("what a plugin may do to the host, in words", () => {
  const of = (manifest: Partial<Manifest>) => needsInWords(manifest as Manifest);
  assert.equal(of({}), "nothing of the host");
  assert.equal(of({ gate: true }), "only denies");
  const needs = { read: ["/etc/a", { option: "file" }], run: ["/usr/bin/b"] };
  assert.equal(of({ needs }), "reads /etc/a, the option file; runs /usr/bin/b");
  assert.equal(needsInWords({} as Manifest, ["createRuntime"]), "handlers at createRuntime");
});
