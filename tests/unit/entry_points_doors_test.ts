import assert from "node:assert/strict";
import { type Door, doorOf, runtimeArguments } from "../../mod/entry_points.ts";

const CALLS: [calledAs: string, args: string[], door: Door][] = [
  ["container-hooks", ["plan", "--launcher=1", "--runtime", "/usr/bin/runc"], "creator"],
  ["container-hooks", ["plan"], "commands"],
  ["container-hooks", ["dispatch", "poststop", "--journal", "/run/x"], "handlers"],
  ["container-hooks-runtime", ["dispatch", "poststop", "--journal", "/run/x"], "handlers"],
  ["container-hooks-runtime", ["manifest-of", "/var/lib/x"], "commands"],
  ["container-hooks-runtime", ["parse-plugin"], "commands"],
  ["container-hooks-runtime", ["test-plugin", "/var/lib/x"], "commands"],
  ["container-hooks-runtime", ["test-plugin-reversed", "/var/lib/x"], "commands"],
  ["container-hooks-runtime", ["parse-plugin", "more"], "wrapper"],
  ["container-hooks-runtime", ["state", "web"], "wrapper"],
  ["container-hooks-runtime", [], "wrapper"],
  ["container-hooks-runtime.old", ["--log", "/l", "create", "web"], "creator"],
  ["container-hooks", ["runtime", "--", "run", "web"], "creator"],
  ["container-hooks", ["runtime", "--", "state", "web"], "wrapper"],
  ["container-hooks", ["runtime", "configure"], "commands"],
  ["container-hooks-ctk", ["create"], "commands"],
];

for (const [calledAs, args, door] of CALLS) {
  Deno.test(`${[calledAs, ...args].join(" ")} is for ${door}`, () => {
    assert.equal(doorOf(calledAs, args), door);
  });
}

Deno.test("a runtime named container-hooks-runtime gets every word, `runtime --` none of its own", () => {
  assert.deepEqual(runtimeArguments("container-hooks-runtime", ["runtime", "--"]), ["runtime", "--"]);
  assert.deepEqual(runtimeArguments("container-hooks", ["runtime", "--", "state", "c"]), ["state", "c"]);
});
