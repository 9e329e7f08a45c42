/** The edit `capabilities`: what the container's process may do of what root may. */
import { arrayOf, at, FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import { CAPABILITY_SETS, type CapabilitySet } from "../core/oci_process.ts";
import type { JsonEdit } from "../text/json/json_edit.ts";
import { plainText } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Gives capabilities to the container's process, or takes them from it. */
export interface CapabilitiesEdit {
  edit: "capabilities";
  /** Put into the bounding, effective and permitted sets: a process of uid 0 has them. */
  add?: string[];
  /** Put into all five sets: a process of another user has them too, and so has what it starts. */
  ambient?: string[];
  /** Taken from all five sets. */
  drop?: string[];
}

/** Sets that a capability is added to. */
const ADDED: readonly CapabilitySet[] = ["bounding", "effective", "permitted"];
const CHANGES = ["add", "ambient", "drop"] as const;

export const capabilities: EditKind<CapabilitiesEdit> = {
  tag: "capabilities",
  check(edit, field) {
    objectOf(edit, field, ["edit", ...CHANGES]);
    const seen = new Set<string>();
    for (const change of CHANGES) {
      for (const [index, name] of arrayOf(edit[change] ?? [], `${field}.${change}`).entries()) {
        const text = checkName(name, at(`${field}.${change}`, index));
        if (seen.has(text)) throw new FieldError(at(`${field}.${change}`, index), `names ${text} again`);
        seen.add(text);
      }
    }
    if (seen.size === 0) throw new FieldError(field, "must add or drop a capability at least");
  },
  claims: (edit) =>
    CHANGES.flatMap((change) =>
      (edit[change] ?? []).map((name) => ({ what: `the capability ${name}`, value: change }))
    ),
  apply({ add = [], ambient = [], drop = [] }, spec) {
    // Without it runc gives all of them from 1.5 on, and earlier ones and crun none.
    if (!spec.process?.capabilities) {
      throw new FieldError("capabilities", "cannot be changed: config.json has no process.capabilities");
    }
    return CAPABILITY_SETS.flatMap((set) => [
      ...added(spec, set, ADDED.includes(set) ? [...add, ...ambient] : ambient),
      ...dropped(spec, set, drop),
    ]);
  },
  // A runtime passes over one that it does not know, or refuses it, and the list says which it knows.
  features: ({ add = [], ambient = [] }) =>
    [...add, ...ambient].map((name) => ({ path: ["linux", "capabilities"], names: name })),
  describe: ({ add = [], ambient = [], drop = [] }) =>
    [
      ...add.map((name) => `+${name}`),
      ...ambient.map((name) => `+${name} (ambient)`),
      ...drop.map((name) => `-${name}`),
    ]
      .join(" "),
};

function checkName(value: unknown, field: string): string {
  const name = plainText(value, field);
  if (/^CAP_[A-Z0-9_]{1,50}$/.test(name)) return name;
  throw new FieldError(field, 'must be the name of a capability, such as "CAP_NET_RAW"');
}

function listOf(spec: Spec, set: CapabilitySet): readonly string[] {
  return spec.process?.capabilities?.[set] ?? [];
}

function added(spec: Spec, set: CapabilitySet, names: readonly string[]): JsonEdit[] {
  const items = names.filter((name) => !listOf(spec, set).includes(name));
  return items.length > 0 ? [{ op: "append", path: ["process", "capabilities", set], items }] : [];
}

function dropped(spec: Spec, set: CapabilitySet, names: readonly string[]): JsonEdit[] {
  return listOf(spec, set).flatMap((name, index) =>
    names.includes(name) ? [{ op: "remove", path: ["process", "capabilities", set, index] }] : []
  );
}
