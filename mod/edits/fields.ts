/**
 * Looking at one field of an edit, which is plain data of our own (core/plain_data.ts): what edits need beside
 * the checks of core/fields.ts.
 */
import { arrayOf, at, FieldError, textOf } from "../core/fields.ts";
import type { Shape } from "../core/shapes.ts";

/** Takes a text that reaches the kernel, or a runtime's JSON reader, as it is. */
export function plainText(value: unknown, field: string): string {
  const text = textOf(value, field);
  // The kernel ends texts there: what follows would be checked and not used.
  if (text.includes("\0")) throw new FieldError(field, "must not contain a NUL character");
  // A runtime reads half of a pair as U+FFFD, so that two texts become one.
  if (!text.isWellFormed()) throw new FieldError(field, "must be Unicode, without halves of surrogate pairs");
  return text;
}

export function plainTexts(value: unknown, field: string): string[] {
  return arrayOf(value, field).map((item, index) => plainText(item, at(field, index)));
}

export function absolutePath(value: unknown, field: string): string {
  const path = plainText(value, field);
  if (!path.startsWith("/")) throw new FieldError(field, "must be an absolute path");
  return path;
}

/** Takes the name of an environment variable. */
export function variableName(value: unknown, field: string): string {
  const name = plainText(value, field);
  if (name === "" || name.includes("=")) throw new FieldError(field, "must be a variable's name");
  // What `${name}=1` makes of a name that is not there.
  if (name === "undefined") {
    throw new FieldError(field, "is a variable named undefined, so its name was missing");
  }
  return name;
}

/** The values that a whole number may have, both ends included, and what they are in words: "a user's id". */
interface Range {
  smallest: number | bigint;
  largest: number | bigint;
  what: string;
}

/** What a user or group id may be. */
export const ID: Range = { smallest: 0, largest: 0xffffffff, what: "a whole number of 32 bits" };

const LOST_DIGITS = "is beyond 2^53, where a number loses digits; write it as a bigint, with an n behind it";

/** Takes a whole number within a range: a number or a bigint up to 2^53, from there on a bigint alone. */
export function wholeNumber(
  value: unknown,
  field: string,
  { smallest, largest, what }: Range,
): number | bigint {
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (!isWhole || value < smallest || value > largest) throw new FieldError(field, `must be ${what}`);
  // Its last digits are not those that its author wrote, or not those that JSON would have.
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new FieldError(field, LOST_DIGITS);
  }
  return value;
}

/**
 * Takes a value of a shape of the specification, with none but the fields that it knows.
 *
 * @throws {FieldError} naming the field in it that is not as it must be
 */
export function ofShape(shape: Shape, value: unknown, field: string): void {
  const fault = shape.fault(value);
  if (fault) throw new FieldError(fault.path.reduce<string>(at, field), `must be ${fault.wanted}`);
  refuseUnfit(shape, value, field);
}

/** Refuses what has the type and yet would not arrive as it was written. */
function refuseUnfit(shape: Shape, value: unknown, field: string): void {
  if (typeof value === "string") plainText(value, field);
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new FieldError(field, LOST_DIGITS);
  if (typeof value !== "object" || value === null) return;
  for (const [step, inner] of Object.entries(value)) {
    const place = at(field, Array.isArray(value) ? Number(step) : step);
    plainText(step, place);
    const known = shape.at?.(step);
    if (!known) throw new FieldError(place, "is unknown to the OCI runtime specification");
    refuseUnfit(known, inner, place);
  }
}
