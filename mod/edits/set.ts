/** The edit `set`: a field of config.json by its JSON Pointer, where no other edit writes it. */
import { FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import type { Json } from "../core/plain_data.ts";
import type { Shape } from "../core/shapes.ts";
import { SPEC } from "../core/spec_shape.ts";
import { ofShape, plainText } from "./fields.ts";
import { type Claim, type EditKind, type FeatureNeed, HIDDEN } from "./kind.ts";

/** Sets a field of config.json that no other edit writes. */
export interface SetEdit {
  edit: "set";
  /** JSON Pointer (RFC 6901): "/process/oomScoreAdj". */
  pointer: string;
  /** What the specification has there; null takes the field away, as runtimes see it. */
  value: Json;
}

/** What other edits write, and with which of them; what is around it is theirs too. */
const ELSEWHERE: Record<string, string> = {
  "/process/args": "use args",
  "/process/env": "use setEnv and unsetEnv",
  "/process/rlimits": "use rlimit",
  "/process/capabilities": "use capabilities",
  "/process/user/additionalGids": "use additionalGids",
  "/mounts": "use mount",
  "/hooks": "use hook",
  "/annotations": "use annotation",
  "/linux/sysctl": "use sysctl",
  "/linux/devices": "use device",
  "/linux/netDevices": "use netDevice",
  "/linux/maskedPaths": "use maskedPath",
  "/linux/readonlyPaths": "use readonlyPath",
  "/linux/resources": "use resources, and device for rules of devices",
};

/** What is nobody's to change between an engine and its runtime. */
const FIXED: Record<string, string> = {
  "/ociVersion": "says how the runtime is to read this file",
  "/root/path": "is the image's file system, which the engine has mounted and will take away",
  "/process/terminal": "must be as the engine has it, which holds the other end of the terminal",
  "/linux/cgroupsPath": "is where the engine looks for the container",
};

/** Fields that a runtime passes over in silence where it does not know them. */
const FEATURES: Record<string, readonly string[]> = {
  "/linux/intelRdt": ["linux", "intelRdt", "enabled"],
  "/linux/intelRdt/schemata": ["linux", "intelRdt", "schemata"],
  "/linux/intelRdt/enableMonitoring": ["linux", "intelRdt", "monitoring"],
  "/linux/memoryPolicy": ["linux", "memoryPolicy"],
  "/linux/seccomp": ["linux", "seccomp", "enabled"],
  "/process/apparmorProfile": ["linux", "apparmor", "enabled"],
  "/process/selinuxLabel": ["linux", "selinux", "enabled"],
  "/linux/mountLabel": ["linux", "selinux", "enabled"],
};

/** Stands for a field of which a part is claimed. */
const A_PART: Json = { "a part of it": true };

export const set: EditKind<SetEdit> = {
  tag: "set",
  check(edit, field) {
    objectOf(edit, field, ["edit", "pointer", "value"]);
    const steps = stepsOf(plainText(edit.pointer, `${field}.pointer`), `${field}.pointer`);
    const pointer = edit.pointer as string;
    for (const [place, why] of [...Object.entries(ELSEWHERE), ...Object.entries(FIXED)]) {
      if (overlaps(pointer, place)) {
        const what = pointer === place ? "" : `${place} `;
        throw new FieldError(`${field}.pointer`, `cannot be set: ${what}${why}`);
      }
    }
    if (edit.value === undefined) throw new FieldError(`${field}.value`, "is missing");
    const shape = shapeAt(steps, `${field}.pointer`);
    if (edit.value !== null) ofShape(shape, edit.value, `${field}.value`);
  },
  claims: ({ pointer, value }) => [
    ...ancestorsOf(pointer).map((place): Claim => ({ what: `the field ${place}`, value: A_PART })),
    { what: `the field ${pointer}`, value },
  ],
  apply: ({ pointer, value }, spec) => ({ op: "set", path: pathIn(spec, pointer), value }),
  features: ({ pointer, value }) => value === null ? [] : featuresOf(pointer, value),
  describe: ({ pointer, value }) => `${pointer} = ${shown(value)}`,
  withoutSecrets: (edit) =>
    typeof edit.value === "object" || typeof edit.value === "string" ? { ...edit, value: HIDDEN } : edit,
};

/** "a/b" and "~" are written "a~1b" and "~0". */
function stepsOf(pointer: string, field: string): string[] {
  if (!/^(\/([^~/]|~[01])+)+$/.test(pointer)) {
    throw new FieldError(field, 'must be a JSON Pointer to a field, such as "/process/oomScoreAdj"');
  }
  return pointer.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether one lies in the other, or they are the same. */
function overlaps(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/** The fields around it, but for those of the root. */
function ancestorsOf(pointer: string): string[] {
  const steps = pointer.split("/");
  return steps.slice(3).map((_, index) => steps.slice(0, index + 3).join("/"));
}

function shapeAt(steps: readonly string[], field: string): Shape {
  let shape: Shape = SPEC;
  for (const [index, step] of steps.entries()) {
    const inner = shape.at?.(step);
    if (!inner) {
      const place = `/${steps.slice(0, index + 1).join("/")}`;
      throw new FieldError(field, `is no field of config.json: the specification has no ${place}`);
    }
    shape = inner;
  }
  return shape;
}

/** The path of the edit, its indices as numbers. @throws {FieldError} where a list has no such element */
function pathIn(spec: Spec, pointer: string): (string | number)[] {
  let shape: Shape | undefined = SPEC;
  let value: unknown = spec;
  return stepsOf(pointer, "pointer").map((step) => {
    const isList = shape?.isList;
    if (isList && !(Array.isArray(value) && Number(step) < value.length)) {
      throw new FieldError(
        "pointer",
        `leads to ${pointer}, and this config.json has no element ${step} there`,
      );
    }
    shape = shape?.at?.(step);
    value = (value as Record<string, unknown> | null | undefined)?.[step];
    return isList ? Number(step) : step;
  });
}

/** What the field, one around it or one in its value asks for. */
function featuresOf(pointer: string, value: Json): FeatureNeed[] {
  return Object.entries(FEATURES).flatMap(([place, path]) => {
    const isIn = `${place}/`.startsWith(`${pointer}/`) &&
      place.slice(pointer.length + 1).split("/").filter(Boolean).reduce<unknown>(
          (part, key) => (part as Record<string, unknown> | undefined)?.[key],
          value,
        ) !== undefined;
    return isIn || `${pointer}/`.startsWith(`${place}/`) ? [{ path }] : [];
  });
}

function shown(value: Json): string {
  if (value === HIDDEN) return HIDDEN;
  return JSON.stringify(value, (_key, inner) => typeof inner === "bigint" ? `${inner}` : inner);
}
