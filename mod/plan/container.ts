/** The container that plugins see: the original one, the same for all, and nothing of it can be changed. */
import type { Container } from "../api/plugin.ts";
import { asRuntimesTake, completeLinux, completeProcess } from "../core/check_spec.ts";
import type { Spec } from "../core/oci.ts";
import { variablesOf } from "../core/when_facts.ts";
import { freeze } from "../core/freeze.ts";
import { nameOf } from "../core/path.ts";
import { widenFields } from "../core/wide_fields.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import type { CreateCall } from "./create.ts";

/**
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
    names: identity.names,
    role: identity.role,
    image: identity.image,
    labels: identity.labels,
    // In doubt nobody's: an image's label must not pass for its user's.
    userLabels: identity.userLabels ?? {},
    annotations: spec.annotations ?? {},
    env: variablesOf(spec.process?.env ?? []),
    mounts: spec.mounts ?? [],
    process: completeProcess(spec.process),
    linux: completeLinux(spec.linux),
    hooks: spec.hooks ?? {},
    spec,
    engine: identity.engine,
    runtime: nameOf(call.runtime),
    operation: call.operation,
    bundle: call.bundle,
  });
}
