/**
 * Taking a value of foreign code apart, once, into plain data of our own: what is checked afterwards is then what is
 * used, whatever the original does when it is looked at again.
 *
 * Read are own, enumerable data properties, and the indexes of arrays. Nothing of the value is called: no getter, no
 * iterator, no toJSON, no toString. What would be lost by that is refused by its field, and never left out in
 * silence: getters, fields that are not enumerable, symbols, functions, items that are missing, instances of classes
 * (also Map, Set and Date), objects that inherit from others, arrays with fields or a prototype of their own. A field
 * that is undefined counts as absent. A Proxy cannot be told from what it stands for: its traps are asked once for each
 * field, and what they answer is what is checked.
 */
import { at, FieldError } from "./fields.ts";
import { lookAtThrown } from "./thrown.ts";

/** A value that JSON can hold; whole numbers beyond 2^53 are bigint, of up to 64 bits. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };

/** Characters that each value counts for beside its own: what stands around it in JSON. */
const OVERHEAD = 3;
/** Objects and arrays inside one another. */
const DEPTH_LIMIT = 64;
/** What 64 bits hold, with and without a sign. */
const SMALLEST = -(2n ** 63n), LARGEST = 2n ** 64n - 1n;

/**
 * Copies a value into plain data of our own; undefined stays undefined.
 *
 * @param field Names the value in errors: "edits".
 * @param limit Characters that all of it may have, about as JSON; more is refused before it is copied.
 * @param items Items that it may have where it is an array. Default: as many as `limit` lets in.
 * @throws {FieldError} naming the field that is no plain data
 *
 * @example
 * ```ts
 * import { takeApart } from "./plain_data.ts";
 * takeApart({ soft: 2n ** 64n - 1n, note: undefined }, "rlimit", 1000); // { soft: 18446744073709551615n }
 * ```
 */
export function takeApart(value: unknown, field: string, limit: number, items = Infinity): Json | undefined {
  return value === undefined ? undefined : new Taking(field, limit, items).copyOf(value);
}

/**
 * Gets the fields of a plain object, for whoever has a limit for each: their values are not copied, and still
 * anybody's.
 *
 * @throws {FieldError} as {@linkcode takeApart}
 */
export function takeFields(value: unknown, field: string): Record<string, unknown> {
  return new Taking(field, Infinity, Infinity).fieldsOf(value);
}

/** One value being taken apart. */
class Taking {
  #left: number;
  /** Keys and indexes from the value to where we are. */
  readonly #path: (string | number)[] = [];
  #refusal?: FieldError;

  constructor(
    private readonly field: string,
    private readonly limit: number,
    private readonly items: number,
  ) {
    this.#left = limit;
  }

  copyOf(value: unknown): Json {
    return this.#guarded(() => this.#copy(value));
  }

  fieldsOf(value: unknown): Record<string, unknown> {
    return this.#guarded(() => {
      if (typeof value !== "object" || value === null) return this.#refuse("must be an object");
      return Object.fromEntries(this.#fields(value));
    });
  }

  /** Runs what may be refused, and turns what a trap of a Proxy throws into a refusal. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      // Not by its class: what a trap of a Proxy throws may be a Proxy, which is not to be asked anything.
      if (thrown === this.#refusal) throw thrown;
      return this.#refuse(`cannot be read: ${lookAtThrown(thrown).message}`);
    }
  }

  #copy(value: unknown): Json {
    this.#count(0);
    switch (typeof value) {
      case "string":
        this.#count(value.length);
        return value;
      case "boolean":
        return value;
      case "bigint":
        return value >= SMALLEST && value <= LARGEST ? value : this.#refuse("is wider than 64 bits");
      case "number":
        // Not -0, which no reader of whole numbers takes.
        return Number.isFinite(value)
          ? value + 0
          : this.#refuse(`must be a number that JSON holds, not ${value}`);
      case "object":
        return value === null ? null : this.#container(value);
      default:
        return this.#refuse(`must be data, not ${value === undefined ? "undefined" : `a ${typeof value}`}`);
    }
  }

  #container(value: object): Json {
    if (this.#path.length >= DEPTH_LIMIT) {
      this.#refuse(`has more than ${DEPTH_LIMIT} objects and arrays inside one another`);
    }
    return Array.isArray(value) ? this.#items(value) : this.#members(value);
  }

  #items(array: unknown[]): Json[] {
    if (Reflect.getPrototypeOf(array) !== Array.prototype) {
      this.#refuse("must be an array and no class of its own");
    }
    const length: unknown = Reflect.getOwnPropertyDescriptor(array, "length")?.value;
    if (typeof length !== "number") return this.#refuse("cannot be read: it has no length");
    if (this.#path.length === 0 && length > this.items) {
      this.#refuse(`has ${length} entries, and ${this.items} is the limit`);
    }
    // Before its items are asked for: an array may say that it has four billion.
    this.#count(length * OVERHEAD);
    const copy = Array.from(
      { length },
      (_, index) => this.#inside(index, () => this.#copy(this.#data(array, index))),
    );
    if (Reflect.ownKeys(array).length !== length + 1) {
      this.#refuse("must be an array without fields of its own");
    }
    return copy;
  }

  #members(object: object): { [key: string]: Json } {
    const members = this.#fields(object).map(([key, value]) =>
      [key, this.#inside(key, () => this.#copy(value))] as const
    );
    // Not by assignment: __proto__ would set the prototype.
    return Object.fromEntries(members);
  }

  /** Names and values of a plain object; what is undefined is left out. */
  #fields(object: object): [string, unknown][] {
    const prototype = Reflect.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) {
      this.#refuse("must be a plain object, which is no instance of a class and inherits nothing");
    }
    return Reflect.ownKeys(object).flatMap((key): [string, unknown][] => {
      if (typeof key === "symbol") return this.#refuse("must be a plain object, without symbols");
      this.#count(key.length);
      const value = this.#inside(key, () => this.#data(object, key));
      return value === undefined ? [] : [[key, value]];
    });
  }

  /** The value of an own, enumerable data property. */
  #data(object: object, key: string | number): unknown {
    const property = Reflect.getOwnPropertyDescriptor(object, key);
    if (!property) return this.#refuse("must be data, and is missing");
    if (!Object.hasOwn(property, "value")) return this.#refuse("must be data, not a getter");
    return property.enumerable ? property.value : this.#refuse("must be an enumerable field");
  }

  #inside<T>(key: string | number, work: () => T): T {
    this.#path.push(key);
    const done = work();
    this.#path.pop();
    return done;
  }

  #count(characters: number): void {
    this.#left -= characters + OVERHEAD;
    if (this.#left >= 0) return;
    this.#path.length = 0;
    this.#refuse(`is larger than ${this.limit / 1024 / 1024} MiB`);
  }

  #refuse(why: string): never {
    const where = this.#path.map((key) => typeof key === "string" ? key.slice(0, 100) : key);
    throw this.#refusal = new FieldError(where.reduce<string>(at, this.field), why);
  }
}
