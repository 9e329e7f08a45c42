/** What `when` is tried on, made of what is known about a container. */
import type { EngineName } from "./engines.ts";
import type { Operation, Spec } from "./oci.ts";
import type { Role, WhenFacts } from "./when.ts";

/** What is known: config.json's own fields, and the engine's word. */
export interface DescribedContainer {
  annotations: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string>>;
  process: Readonly<Pick<NonNullable<Spec["process"]>, "args">>;
  mounts: readonly Readonly<NonNullable<Spec["mounts"]>[number]>[];
  image: { readonly name?: string };
  engine: EngineName;
  operation: Operation;
  role: Role;
}

/** The facts of a container, be it one that is created or one that is only looked at. */
export function whenFacts(container: DescribedContainer): WhenFacts {
  return {
    annotations: container.annotations,
    labels: container.labels,
    env: container.env,
    command: container.process.args?.[0],
    hasBindMounts: container.mounts.some((mount) =>
      mount.type === "bind" || mount.options?.some((option) => option === "bind" || option === "rbind")
    ),
    image: container.image.name,
    engine: container.engine,
    operation: container.operation,
    role: container.role,
  };
}

/** Variables by name. Without a prototype: a variable named `__proto__` is a variable like any other. */
export function variablesOf(env: readonly string[]): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const entry of env) {
    const end = entry.indexOf("=");
    if (end > 0) found[entry.slice(0, end)] = entry.slice(end + 1);
  }
  return found;
}
