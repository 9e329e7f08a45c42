/**
 * Shapes of JSON values: what a field holds, checked, and shown as the runtimes take it.
 *
 * null stands for absent in a field of an object, as the runtimes take it. In a list, and as the value of a map, it
 * is refused: some runtimes make an empty value of it and others end.
 */

/** What is wrong in a value: the way to it, and what belongs there. */
export interface ShapeFault {
  path: readonly (string | number)[];
  wanted: string;
}

/** What a value of one kind is. */
export interface Shape {
  /** Continues "a field that is not": "a string". */
  readonly wanted: string;
  /** More than one of them: "strings". */
  readonly many: string;
  /** Undefined where the value, with all that lies in it, is of this kind. */
  fault(value: unknown): ShapeFault | undefined;
  /** The value as the runtimes take it, in a copy; absent where it is that value itself. */
  shown?(value: object): unknown;
  /** What the runtimes take where it is absent; undefined where they take nothing, or differ. */
  readonly absent?: unknown;
  /** Finds the shape of what stands under a key or an index; undefined where that is none of it. */
  at?(step: string): Shape | undefined;
  /** Names of the known fields, of an object that has such. */
  readonly fields?: readonly string[];
  /** Whether it is an array, whose steps are indices. */
  readonly isList?: boolean;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function plain(wanted: string, many: string, holds: (value: unknown) => boolean): Shape {
  const fault = { path: [], wanted };
  return { wanted, many, fault: (value) => holds(value) ? undefined : fault };
}

/** A text. */
export const TEXT: Shape = plain("a string", "strings", (value) => typeof value === "string");
/** True or false. */
export const BOOLEAN: Shape = plain("true or false", "true or false", (value) => typeof value === "boolean");

/** A whole number of so many bits; minus zero is none, as Go has it. */
function whole(bits: number, signed: boolean): Shape {
  const [low, high] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1)] : [0n, 2n ** BigInt(bits)];
  const wanted = `a whole number of ${bits} bits${signed ? "" : ", not below 0"}`;
  return plain(wanted, "whole numbers", (value) => {
    if (typeof value === "number" && (!Number.isInteger(value) || Object.is(value, -0))) return false;
    return (typeof value === "number" || typeof value === "bigint") && value >= low && value < high;
  });
}

/** Whole numbers, by their width, without and with a sign. */
export const U16 = whole(16, false);
export const U32 = whole(32, false);
export const U64 = whole(64, false);
export const I32 = whole(32, true);
export const I64 = whole(64, true);

/** Makes the shape of an array whose elements are all of one shape. */
export function listOf(shape: Shape): Shape {
  const wanted = `an array of ${shape.many}`;
  return {
    wanted,
    many: "arrays",
    isList: true,
    at: (step) => /^(0|[1-9]\d*)$/.test(step) ? shape : undefined,
    fault(value) {
      if (!Array.isArray(value)) return { path: [], wanted };
      for (let index = 0; index < value.length; index++) {
        const fault = shape.fault(value[index]);
        if (fault) return below(index, fault);
      }
    },
    ...shape.shown && { shown: (value) => (value as unknown[]).map((element) => shownAs(shape, element)) },
  };
}

/** Makes the shape of an object whose keys are names of something. */
export function mapOf(shape: Shape): Shape {
  const wanted = `an object of ${shape.many}`;
  return {
    wanted,
    many: "objects",
    at: () => shape,
    fault(value) {
      if (!isObject(value)) return { path: [], wanted };
      for (const [key, element] of Object.entries(value)) {
        const fault = shape.fault(element);
        if (fault) return below(key, fault);
      }
    },
    ...shape.shown && {
      shown: (value) =>
        Object.fromEntries(Object.entries(value).map(([key, element]) => [key, shownAs(shape, element)])),
    },
  };
}

/** Makes the shape of an object with known fields; those that it does not know are nobody's matter. */
export function objectOf(fields: Readonly<Record<string, Shape>>): Shape {
  const known = new Map(Object.entries(fields));
  const wanted = "an object";
  return {
    wanted,
    many: "objects",
    at: (step) => known.get(step),
    fields: Object.keys(fields),
    fault(value) {
      if (!isObject(value)) return { path: [], wanted };
      for (const [key, element] of Object.entries(value)) {
        const fault = element === null ? undefined : known.get(key)?.fault(element);
        if (fault) return below(key, fault);
      }
    },
    shown(value) {
      const entries: [string, unknown][] = [];
      for (const [key, element] of Object.entries(value)) {
        const shape = known.get(key);
        if (shape === undefined || element !== null) {
          entries.push([key, shape ? shownAs(shape, element) : element]);
        }
      }
      for (const [key, { absent }] of known) {
        if (absent === undefined || (value as Record<string, unknown>)[key] != null) continue;
        entries.push([key, structuredClone(absent)]);
      }
      return Object.fromEntries(entries);
    },
  };
}

/** Makes the shape of a field that runtimes take `absent` for where it is not there. */
export function or(absent: unknown, shape: Shape): Shape {
  return { ...shape, absent };
}

/** Shows a value as the runtimes take it: without null, and with what is absent filled in. */
export function shownAs(shape: Shape, value: unknown): unknown {
  return shape.shown && typeof value === "object" && value !== null ? shape.shown(value) : value;
}

function below(step: string | number, { path, wanted }: ShapeFault): ShapeFault {
  return { path: [step, ...path], wanted };
}
