/** The edit `resources`: what the container's cgroup may use. */
import { anyObject, at, FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import type { Resources } from "../core/oci_linux.ts";
import type { Json } from "../core/plain_data.ts";
import { RESOURCES } from "../core/spec_shape.ts";
import type { JsonEdit, JsonPath } from "../text/json/json_edit.ts";
import { ofShape } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** The same data, in which a whole number of 64 bits may be a number as well: what a plugin returns. */
export type NumberOrBigint<T> = T extends bigint ? number | bigint
  : T extends readonly (infer E)[] ? NumberOrBigint<E>[]
  : T extends object ? { [K in keyof T]: NumberOrBigint<T[K]> }
  : T;

/** Sets limits of the container's cgroup, each replacing its own; those that are not named stay. */
export interface ResourcesEdit {
  edit: "resources";
  /** In the words of `linux.resources`, but for `devices`, which the edit `device` writes. */
  resources: NumberOrBigint<Omit<Resources, "devices">>;
}

/** By which of its fields an element of a list is known. */
const KEYS: Record<string, readonly string[]> = {
  hugepageLimits: ["pageSize"],
  priorities: ["name"],
  weightDevice: ["major", "minor"],
  throttleReadBpsDevice: ["major", "minor"],
  throttleWriteBpsDevice: ["major", "minor"],
  throttleReadIOPSDevice: ["major", "minor"],
  throttleWriteIOPSDevice: ["major", "minor"],
};

/** One limit: a field of an object, or an element of a list. */
interface Limit {
  /** Of the field, or of the list. */
  path: readonly string[];
  /** "memory.limit", "hugepageLimits 2MB". */
  what: string;
  value: Json;
  /** Tells which element of the list it is; absent of a field. */
  isSame?: (element: unknown) => boolean;
}

export const resources: EditKind<ResourcesEdit> = {
  tag: "resources",
  check(edit, field) {
    objectOf(edit, field, ["edit", "resources"]);
    const place = `${field}.resources`;
    if (Object.hasOwn(anyObject(edit.resources, place), "devices")) {
      throw new FieldError(`${place}.devices`, "is what the edit device writes");
    }
    ofShape(RESOURCES, edit.resources, place);
    const limits = limitsOf(edit.resources as Json);
    if (limits.length === 0) throw new FieldError(place, "must name a limit at least");
    for (const { path, value } of limits) {
      if (value === null) throw new FieldError(path.reduce(at, place), "must not be null; leave it out");
    }
  },
  claims: ({ resources }) =>
    limitsOf(resources as Json).map(({ what, value }) => ({ what: `the resource ${what}`, value })),
  apply: ({ resources }, spec) => limitsOf(resources as Json).map((limit) => applied(limit, spec)),
  // The others are the kernel's matter, and the runtime says what it could not write.
  features: ({ resources: { rdma } }) => rdma ? [{ path: ["linux", "cgroup", "rdma"] }] : [],
  describe: ({ resources }) =>
    limitsOf(resources as Json).map(({ what, value, isSame }) => isSame ? what : `${what}=${value}`)
      .join(" "),
};

function limitsOf(value: Json | undefined, path: readonly string[] = []): Limit[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((element) => limitOfList(path, element as Element));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => limitsOf(inner, [...path, key]));
  }
  return [{ path, what: path.join("."), value }];
}

type Element = { [key: string]: Json };

function limitOfList(path: readonly string[], element: Element): Limit {
  const keys = KEYS[path.at(-1)!] ?? [];
  const name = keys.map((key) => String(element[key])).join(":");
  return {
    path,
    what: `${path.join(".")} ${name}`,
    value: element,
    isSame: (other) => keys.every((key) => String((other as Element)[key]) === String(element[key])),
  };
}

function applied({ path, value, isSame }: Limit, spec: Spec): JsonEdit {
  const place: JsonPath = ["linux", "resources", ...path];
  if (!isSame) return { op: "set", path: place, value };
  const list = path.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    spec.linux?.resources,
  );
  const index = Array.isArray(list) ? list.findIndex(isSame) : -1;
  return index < 0
    ? { op: "append", path: place, items: [value] }
    : { op: "set", path: [...place, index], value };
}
