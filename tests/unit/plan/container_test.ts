import assert from "node:assert/strict";
import { byAuthor, byEngine, type Fact, unknown } from "../../../mod/core/facts.ts";
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

function made(labels: Record<string, string>, userLabels: Fact<Record<string, string>> = unknown("x")) {
  const identity = {
    ...unidentified(byEngine("docker"), "why"),
    labels: byAuthor(labels),
    userLabels,
  };
  return makeContainer({ ociVersion: "1.0.2" }, CALL, identity);
}

Deno.test("a label of the image does not pass for one of the user's, also where nobody knows whose it is", () => {
  assert.deepEqual(made({ image: "a", user: "b" }, byAuthor({ user: "b" })).userLabels, { user: "b" });
  assert.deepEqual(made({ image: "a", user: "b" }).userLabels, {});
  assert.ok(Object.isFrozen(made({}).userLabels));
});

Deno.test("what is known, what is not there and what is not known look alike but for facts, which tells them apart", () => {
  const container = made({ a: "b" });
  assert.deepEqual(container.image, {});
  assert.deepEqual(container.facts, {
    engine: { state: "known", by: "engine" },
    names: { state: "unknown", why: "why" },
    role: { state: "unknown", why: "why" },
    imageName: { state: "unknown", why: "why" },
    imageId: { state: "unknown", why: "why" },
    imageDigest: { state: "unknown", why: "why" },
    labels: { state: "known", by: "author" },
    userLabels: { state: "unknown", why: "x" },
  });
});
