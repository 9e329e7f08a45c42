/**
 * Looking at one field of an edit, which is plain data of our own (core/plain_data.ts): what edits need beside
 * the checks of core/fields.ts.
 */
import { arrayOf, at, FieldError, textOf } from "../core/fields.ts";

/** A text that reaches the kernel, or a runtime's JSON reader, as it is. */
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

/** The name of an environment variable. */
export function variableName(value: unknown, field: string): string {
  const name = plainText(value, field);
  if (name === "" || name.includes("=")) throw new FieldError(field, "must be a variable's name");
  // What `${name}=1` makes of a name that is not there.
  if (name === "undefined") {
    throw new FieldError(field, "is a variable named undefined, so its name was missing");
  }
  return name;
}

/** A number or a bigint. @param largest Inclusive. */
export function wholeNumber(
  value: unknown,
  field: string,
  { smallest, largest, what }: { smallest: number; largest: number; what: string },
): void {
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  if (!isWhole || (value as number) < smallest || (value as number) > largest) {
    throw new FieldError(field, `must be ${what}`);
  }
}
