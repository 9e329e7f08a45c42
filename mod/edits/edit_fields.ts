/**
 * Looking at one field of an edit at a time, and counting characters meanwhile: what is too large is refused before
 * anything of it is copied or printed.
 */
import { FieldError } from "../core/fields.ts";

/** Characters that a text counts for beside its own: what stands around it in JSON. */
const OVERHEAD = 3;
/** Seconds; a hook that may take longer than a day is a mistake in its unit. */
const TIMEOUT_LIMIT = 86_400;
/** The largest number of 32 bits. */
const LARGEST_ID = 0xffffffff;

/** Each function returns the value with its type. @throws {FieldError} */
export class EditFields {
  #left: number;

  /** @param limit Characters that all texts together may have. */
  constructor(private readonly limit: number) {
    this.#left = limit;
  }

  #count(characters: number): void {
    this.#left -= characters + OVERHEAD;
    if (this.#left < 0) throw new FieldError("edits", `is larger than ${this.limit / 1024 / 1024} MiB`);
  }

  /** An object of data, with none but the known keys where they are said. */
  object(value: unknown, at: string, known?: readonly string[]): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new FieldError(at, "must be an object");
    }
    refuseGetters(value, at);
    const unknown = known && Object.keys(value).find((key) => !known.includes(key));
    if (unknown !== undefined) {
      throw new FieldError(`${at}.${unknown.slice(0, 100)}`, `is unknown; known are ${known!.join(", ")}`);
    }
    return value as Record<string, unknown>;
  }

  /** The items of an array. */
  array(value: unknown, at: string, what = "an array"): unknown[] {
    if (!Array.isArray(value)) throw new FieldError(at, `must be ${what}`);
    // Before its items are asked for: an array may say that it has four billion.
    this.#count(value.length * OVERHEAD);
    refuseGetters(value, at);
    // Where one is left out, what stands there is undefined, and not passed over.
    return Array.from(value);
  }

  text(value: unknown, at: string): string {
    if (typeof value !== "string") throw new FieldError(at, "must be a string");
    this.#count(value.length);
    // The kernel ends texts there: what follows would be checked and not used.
    if (value.includes("\0")) throw new FieldError(at, "must not contain a NUL character");
    return value;
  }

  strings(value: unknown, at: string): string[] {
    return this.array(value, at, "an array of strings").map((item, index) =>
      this.text(item, `${at}[${index}]`)
    );
  }

  oneOf(value: unknown, at: string, known: readonly string[]): void {
    if (typeof value !== "string" || !known.includes(value)) {
      throw new FieldError(at, `must be one of ${known.join(", ")}`);
    }
  }

  absolutePath(value: unknown, at: string): string {
    const path = this.text(value, at);
    if (!path.startsWith("/")) throw new FieldError(at, "must be an absolute path");
    return path;
  }

  /** What the kernel takes for the name of a network device (dev_valid_name). */
  deviceName(value: unknown, at: string): void {
    const name = this.text(value, at);
    if (!/^[^/:\s]{1,15}$/.test(name) || name === "." || name === "..") {
      const wanted = "must be the name of a network device: 1 to 15 characters without / : and blanks";
      throw new FieldError(at, wanted);
    }
  }

  seconds(value: unknown, at: string): void {
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > TIMEOUT_LIMIT) {
      throw new FieldError(at, `must be a whole number of seconds from 1 to ${TIMEOUT_LIMIT}`);
    }
  }

  idMappings(value: unknown, at: string): void {
    const known = ["containerID", "hostID", "size"];
    for (const [index, item] of this.array(value, at).entries()) {
      const mapping = this.object(item, `${at}[${index}]`, known);
      for (const key of known) {
        const id = mapping[key];
        if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > LARGEST_ID) {
          throw new FieldError(`${at}[${index}].${key}`, "must be a whole number of 32 bits");
        }
      }
    }
  }
}

/** A getter could answer differently the second time. */
function refuseGetters(value: object, at: string): void {
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!("value" in property)) throw new FieldError(`${at}.${key}`, "must be data, not a getter");
  }
}
