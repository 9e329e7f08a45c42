/** The container that plugins see: the original one, the same for all, and nothing of it can be changed. */
import type { Container, FactStatus } from "../api/plugin.ts";
import { asRuntimesTake, completeLinux, completeProcess } from "../core/check_spec.ts";
import { type Fact, valueOf } from "../core/facts.ts";
import type { Spec } from "../core/oci.ts";
import { variablesOf } from "../core/when_facts.ts";
import { freeze } from "../core/freeze.ts";
import { nameOf } from "../core/path.ts";
import { widenFields } from "../core/wide_fields.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import type { CreateCall } from "./create.ts";

/**
 * Makes the container that plugins are shown.
 *
 * @param found config.json as it is written; its 64-bit fields are bigint from then on
 * @returns the container as runtimes take it, frozen all through
 */
export function makeContainer(
  found: Spec,
  call: Pick<CreateCall, "id" | "bundle" | "operation" | "runtime">,
  identity: ContainerIdentity,
): Container {
  const spec = asRuntimesTake(widenFields(found));
  return freeze({
    id: call.id,
    names: valueOf(identity.names) ?? [],
    // In doubt a workload, so that it is looked at.
    role: valueOf(identity.role) ?? "workload",
    image: imageOf(identity.image),
    labels: valueOf(identity.labels) ?? {},
    // In doubt nobody's: an image's label must not pass for its user's.
    userLabels: valueOf(identity.userLabels) ?? {},
    annotations: spec.annotations ?? {},
    env: variablesOf(spec.process?.env ?? []),
    mounts: spec.mounts ?? [],
    process: completeProcess(spec.process),
    linux: completeLinux(spec.linux),
    hooks: spec.hooks ?? {},
    spec,
    engine: valueOf(identity.engine) ?? "none",
    facts: statusesOf(identity),
    runtime: nameOf(call.runtime),
    operation: call.operation,
    bundle: call.bundle,
  });
}

/** What is not known is left out. */
function imageOf(image: ContainerIdentity["image"]): Container["image"] {
  const known = Object.entries(image).map(([name, fact]) => [name, valueOf(fact)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}

function statusesOf(
  { engine, names, role, image, labels, userLabels }: ContainerIdentity,
): Container["facts"] {
  return {
    engine: statusOf(engine),
    names: statusOf(names),
    role: statusOf(role),
    imageName: statusOf(image.name),
    imageId: statusOf(image.id),
    imageDigest: statusOf(image.digest),
    labels: statusOf(labels),
    userLabels: statusOf(userLabels),
  };
}

function statusOf(fact: Fact<unknown>): FactStatus {
  return fact.state === "known" ? { state: fact.state, by: fact.by } : { state: fact.state, why: fact.why };
}
