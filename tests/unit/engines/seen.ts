/** What readers say of a container, flat enough to compare. */
import { valueOf } from "../../../mod/core/facts.ts";
import { identify } from "../../../mod/engines/identify.ts";
import type { BundledContainer, ContainerIdentity, EngineRoots } from "../../../mod/engines/identity.ts";
import type { Host } from "../../../mod/host/host.ts";

/** Values that are known, and why the others are not. */
export interface Seen {
  engine?: string;
  names: readonly string[];
  role?: string;
  image: { name?: string; id?: string; digest?: string };
  labels: Readonly<Record<string, string>>;
  userLabels?: Readonly<Record<string, string>>;
  /** "labels unknown: why; ...". */
  why: string;
}

/** Flattens. */
export function flat(identity: ContainerIdentity): Seen {
  const { engine, names, role, image, labels, userLabels } = identity;
  const facts = { engine, names, role, ...image, labels, userLabels };
  const whys = Object.entries(facts).flatMap(([name, fact]) =>
    fact.state === "known" ? [] : [`${name} ${fact.state}: ${fact.why}`]
  );
  return {
    engine: valueOf(engine),
    names: valueOf(names) ?? [],
    role: valueOf(role),
    image: { name: valueOf(image.name), id: valueOf(image.id), digest: valueOf(image.digest) },
    labels: valueOf(labels) ?? {},
    userLabels: valueOf(userLabels),
    why: whys.join("; "),
  };
}

/** What is known without the engine's database. */
export function seen(host: Host, call: BundledContainer, roots?: EngineRoots): Seen {
  return flat(identify(host, call, roots));
}

/** What is known where a plugin asks for images and labels. */
export async function lookedUp(host: Host, call: BundledContainer, roots?: EngineRoots): Promise<Seen> {
  const identity = identify(host, call, roots);
  return flat(await identity.lookUp?.() ?? identity);
}
