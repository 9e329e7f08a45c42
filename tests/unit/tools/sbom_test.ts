/** The list of what is in the one file. */
import assert from "node:assert/strict";
import { type ModuleGraph, reached, spdx } from "../../../tools/package/sbom.ts";

const graph: ModuleGraph = {
  modules: [
    { specifier: "file:///main.ts" },
    { specifier: "npm:/@scope/one@1.0.0" },
    { specifier: "npm:/two@2.0.0/part.js" },
  ],
  npmPackages: {
    "@scope/one@1.0.0": { name: "@scope/one", version: "1.0.0", dependencies: ["three@3.0.0"] },
    "two@2.0.0": { name: "two", version: "2.0.0", dependencies: ["@scope/one@1.0.0"] },
    "three@3.0.0": { name: "three", version: "3.0.0", dependencies: ["two@2.0.0"] },
    "only-for-tests@4.0.0": { name: "only-for-tests", version: "4.0.0", dependencies: [] },
  },
};

Deno.test("what modules import is listed with what that needs, and nothing that only tests import", () => {
  assert.deepEqual(reached(graph), ["@scope/one@1.0.0", "three@3.0.0", "two@2.0.0"]);
});

Deno.test("each part has an id that SPDX allows, a licence, a checksum and a place in the program", () => {
  const made = JSON.parse(spdx({
    version: "1.2.3",
    file: { name: "container-hooks", sha256: "ab".repeat(32), deno: "2.9.6" },
    bundled: [{ name: "@scope/one", version: "1.0.0", license: "MIT", sha512: "cd".repeat(64) }],
    time: 0,
  }));
  assert.equal(made.creationInfo.created, "1970-01-01T00:00:00Z");
  const ids: string[] = made.packages.map((one: { SPDXID: string }) => one.SPDXID);
  assert.deepEqual(ids, ["SPDXRef-container-hooks", "SPDXRef-npm--scope-one-1.0.0", "SPDXRef-deno-2.9.6"]);
  const contained = made.relationships.filter((one: { relationshipType: string }) =>
    one.relationshipType === "CONTAINS"
  );
  assert.deepEqual(
    contained.map((one: { relatedSpdxElement: string }) => one.relatedSpdxElement),
    ids.slice(1),
  );
  assert.equal(made.packages[1].externalRefs[0].referenceLocator, "pkg:npm/%40scope/one@1.0.0");
});
