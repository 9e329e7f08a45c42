import assert from "node:assert/strict";
import { checkManifest, optionProblem } from "../../../mod/core/manifest.ts";
import { Failure } from "../../../mod/errors.ts";

const MINIMAL = { api: 1, name: "audit-mount", version: "1.0.0", brief: "Mounts the audit socket" };

Deno.test("a manifest without a mistake comes back as it was written", () => {
  const manifest = {
    ...MINIMAL,
    version: "1.0.0-rc.1+build.5",
    options: {
      socket: { type: "string", default: "/run/audit.sock", brief: "socket", pattern: "^/" },
      level: { type: "integer", default: 3, brief: "how much", minimum: 0, maximum: 9 },
      paths: { type: "strings", default: [], brief: "where" },
      loud: { type: "boolean", brief: "whether" },
    },
    when: { engine: ["docker"] },
    needs: { read: ["/run", { option: "socket" }, { option: "paths" }], run: ["/usr/bin/id"] },
    gate: false,
  };
  assert.deepEqual(checkManifest(manifest, "x.ts"), manifest);
});

const STRING = { type: "string", brief: "b" };

/** [what is changed, what the message says of it]. */
const REFUSED: [Record<string, unknown>, RegExp][] = [
  [{ api: undefined }, /api must be 1, the version of the plugin interface that this program has/],
  [{ api: 2, unheardOf: true }, /api is 2 and must be 1, .*newer container-hooks/],
  [{ wehn: {} }, /wehn is unknown; known are api, name/],
  [{ name: "Audit" }, /name is Audit; it takes 1 to 63 lower case letters/],
  [{ name: "../x" }, /name is \.\.\/x/],
  [{ name: "a".repeat(64) }, /name is a+; it takes/],
  [{ version: "1.0" }, /version is 1\.0, not a semantic version/],
  [{ version: "01.0.0" }, /version is 01\.0\.0/],
  [{ brief: " " }, /brief is empty/],
  [{ brief: "two\nlines" }, /brief must be one line/],
  [{ gate: "yes" }, /gate must be true or false/],
  [{ when: { always: 1 } }, /when\.always must be true or false/],
  [{ options: [] }, /options must be an object, not an array/],
  [{ options: { Socket: STRING } }, /options\.Socket must begin with a lower case letter/],
  [
    { options: { a: { type: "number", brief: "b" } } },
    /options\.a\.type must be one of string, integer, boolean, strings/,
  ],
  [{ options: { a: { type: "string" } } }, /options\.a\.brief must be a string, not missing/],
  [{ options: { a: { ...STRING, minimum: 1 } } }, /options\.a\.minimum is unknown/],
  [{ options: { a: { ...STRING, default: 7 } } }, /options\.a\.default must be a string, not 7/],
  [
    { options: { a: { ...STRING, default: "x", choices: ["y", "z"] } } },
    /options\.a\.default must be one of y, z/,
  ],
  [{ options: { a: { ...STRING, default: "x", pattern: "^/" } } }, /options\.a\.default must match "\^\/"/],
  [{ options: { a: { ...STRING, pattern: "(?=a)" } } }, /options\.a\.pattern has \(\?=/],
  [
    { options: { a: { type: "integer", brief: "b", default: 1.5 } } },
    /options\.a\.default must be a whole number/,
  ],
  [
    { options: { a: { type: "integer", brief: "b", default: 9, maximum: 8 } } },
    /options\.a\.default must be at most 8/,
  ],
  [{ needs: { write: ["/"] } }, /needs\.write is unknown; known are read, run/],
  [{ needs: { read: ["run"] } }, /needs\.read\[0\] is run, not an absolute path/],
  [
    { needs: { run: [{ option: "constructor" }] } },
    /needs\.run\[0\]\.option names constructor, which is no option/,
  ],
];

for (const [changed, message] of REFUSED) {
  Deno.test(`a manifest with ${JSON.stringify(changed)} is refused with the field's name`, () => {
    assert.throws(() => checkManifest({ ...MINIMAL, ...changed }, "/p/x.ts"), (error) => {
      assert(error instanceof Failure);
      assert.match(error.message, message);
      assert.match(error.message, /\/p\/x\.ts/);
      return true;
    });
  });
}

Deno.test("an option without a problem has none, and one with a problem says which", () => {
  assert.equal(optionProblem({ type: "integer", minimum: 1, brief: "b" }, 1), undefined);
  assert.equal(optionProblem({ type: "integer", minimum: 1, brief: "b" }, 0), "must be at least 1");
  assert.equal(optionProblem({ type: "strings", brief: "b" }, ["a", 1]), "must be a string, not 1");
});
