/** What `when` is tried on, made of what is known about a container. */
import type { EngineName } from "./engines.ts";
import { absent, byAuthor, byEngine, type Fact } from "./facts.ts";
import type { Operation, Spec } from "./oci.ts";
import type { Role, WhenFacts } from "./when.ts";

/** What the engine's records say, as far as `when` has conditions about it. */
export interface KnownIdentity {
  readonly engine: Fact<EngineName>;
  readonly role: Fact<Role>;
  readonly image: { readonly name: Fact<string> };
  readonly labels: Fact<Readonly<Record<string, string>>>;
}

/** Gets the facts of a container, be it one that is created or one that is only looked at. */
export function whenFacts(spec: Spec, operation: Operation, identity: KnownIdentity): WhenFacts {
  const command = spec.process?.args?.[0];
  return {
    annotations: byAuthor(spec.annotations ?? {}),
    labels: identity.labels,
    env: byAuthor(variablesOf(spec.process?.env ?? [])),
    commands: command === undefined ? absent("the container has no command") : byAuthor(command),
    hasBindMounts: byEngine((spec.mounts ?? []).some(isBindMount)),
    image: identity.image.name,
    engine: identity.engine,
    operation: byEngine(operation),
    role: identity.role,
  };
}

function isBindMount({ type, options }: NonNullable<Spec["mounts"]>[number]): boolean {
  return type === "bind" || (options?.some((option) => option === "bind" || option === "rbind") ?? false);
}

/** Lists variables by name. Without a prototype: a variable named `__proto__` is a variable like any other. */
export function variablesOf(env: readonly string[]): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const entry of env) {
    const end = entry.indexOf("=");
    if (end > 0) found[entry.slice(0, end)] = entry.slice(end + 1);
  }
  return found;
}
