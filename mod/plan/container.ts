/** The container that plugins see: the original one, the same for all, and nothing of it can be changed. */
import type { Container } from "../api/plugin.ts";
import type { Operation, Spec } from "../core/oci.ts";
import { variablesOf } from "../core/when_facts.ts";
import { freeze } from "../core/freeze.ts";
import { widenFields } from "../core/wide_fields.ts";
import type { ContainerIdentity } from "../engines/identity.ts";

/** What the command line and the bundle say. */
export interface Creation {
  id: string;
  /** Absolute. */
  bundle: string;
  operation: Operation;
  /** File name of the OCI runtime. */
  runtime: string;
}

/** @returns the container, frozen all through; so is `spec`, whose 64-bit fields are bigint from then on */
export function makeContainer(spec: Spec, creation: Creation, identity: ContainerIdentity): Container {
  widenFields(spec);
  return freeze({
    id: creation.id,
    names: identity.names,
    role: identity.role,
    image: identity.image,
    labels: identity.labels,
    // In doubt nobody's: an image's label must not pass for its user's.
    userLabels: identity.userLabels ?? {},
    annotations: spec.annotations ?? {},
    env: variablesOf(spec.process?.env ?? []),
    mounts: spec.mounts ?? [],
    process: spec.process ?? {},
    linux: spec.linux ?? {},
    hooks: spec.hooks ?? {},
    spec,
    engine: identity.engine,
    runtime: creation.runtime,
    operation: creation.operation,
    bundle: creation.bundle,
  });
}
