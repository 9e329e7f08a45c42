/**
 * Looking at parsed JSON or TOML whose shape nobody has promised, one field at a time.
 *
 * Each function returns the value with its type, or throws a {@linkcode FieldError}; the caller adds whose
 * field it is and turns it into a failure of its own.
 */

/** An error about one field that is not as it must be. `why` continues the sentence that begins with the field. */
export class FieldError extends Error {
  constructor(readonly field: string, readonly why: string) {
    super(`${field} ${why}`);
  }
}

/** Names a field, `parent.key`, with keys that are no plain words in brackets: `when.annotations["org.example"]`. */
export function at(parent: string, key: string | number): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent ? `${parent}.${key}` : key;
}

/** Takes an object that has none but the known keys. */
export function objectOf(value: unknown, field: string, known: readonly string[]): Record<string, unknown> {
  const object = anyObject(value, field);
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) {
      throw new FieldError(at(field, key), `is unknown; known are ${known.join(", ")}`);
    }
  }
  return object;
}

/** Takes an object whose keys are the author's. */
export function anyObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FieldError(field, `must be an object, not ${kindOf(value)}`);
  }
  return value as Record<string, unknown>;
}

export function arrayOf(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new FieldError(field, `must be an array, not ${kindOf(value)}`);
  return value;
}

export function textOf(value: unknown, field: string): string {
  if (typeof value !== "string") throw new FieldError(field, `must be a string, not ${kindOf(value)}`);
  return value;
}

export function booleanOf(value: unknown, field: string): boolean {
  if (typeof value !== "boolean") throw new FieldError(field, `must be true or false, not ${kindOf(value)}`);
  return value;
}

export function integerOf(value: unknown, field: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new FieldError(field, `must be a whole number, not ${kindOf(value)}`);
  }
  return value as number;
}

export function oneOf<T extends string>(value: unknown, field: string, known: readonly T[]): T {
  if (!known.includes(value as T)) {
    throw new FieldError(field, `must be one of ${known.join(", ")}, not ${kindOf(value)}`);
  }
  return value as T;
}

/** What a value is, in words: `"docker"`, `7`, `an array`, `missing`. */
function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  // A bigint and a function have no JSON, and a text may be as large as memory.
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value).slice(0, 80);
}
