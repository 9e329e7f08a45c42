/**
 * The words in which changes to a JSON text are said: types alone, and no library, since an author's editor reads what
 * the public types import.
 */

/** The keys and indices that lead from the root to a value. */
export type JsonPath = readonly (string | number)[];

/** A value to write. A member that is undefined is left out. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [key: string]: JsonValue | undefined };

/**
 * One change to a JSON text. Parents that are missing or null are made, as objects.
 *
 * - `append` and `prepend` add to an array, and make it where it is missing or null;
 * - `set` replaces or adds a member or an element (one behind the last too);
 * - `remove` takes one away; where nothing is, nothing changes.
 */
export type JsonEdit =
  | { op: "append" | "prepend"; path: JsonPath; items: JsonValue[] }
  | { op: "set"; path: JsonPath; value: JsonValue }
  | { op: "remove"; path: JsonPath };
