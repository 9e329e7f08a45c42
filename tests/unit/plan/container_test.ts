import assert from "node:assert/strict";
import { unidentified } from "../../../mod/engines/identity.ts";
import { makeContainer } from "../../../mod/plan/container.ts";
import type { CreateCall } from "../../../mod/plan/create.ts";

const CALL: CreateCall = {
  id: "web",
  bundle: "/b",
  askedBundle: "/b",
  configFile: "/b/config.json",
  operation: "create",
  runtime: "/usr/bin/runc",
};

function made(labels: Record<string, string>, userLabels?: Record<string, string>) {
  const identity = { ...unidentified("docker", []), labels, userLabels };
  return makeContainer({ ociVersion: "1.0.2" }, CALL, identity);
}

Deno.test("a label of the image does not pass for one of the user's, also where nobody knows whose it is", () => {
  assert.deepEqual(made({ image: "a", user: "b" }, { user: "b" }).userLabels, { user: "b" });
  assert.deepEqual(made({ image: "a", user: "b" }).userLabels, {});
  assert.ok(Object.isFrozen(made({}).userLabels));
});
