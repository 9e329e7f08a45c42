/** What a key of config.toml is, and how a table of keys becomes a table of values. */
import type { Kind } from "./kinds.ts";

/** One key of config.toml. */
export interface Key<Value> {
  /** The table that it stands in: "container-hooks-runtime". */
  readonly section: string;
  /** Its name there: "log-level". */
  readonly name: string;
  readonly takes: Kind<Value>;
  /** What holds where no file sets it; undefined for nothing. */
  readonly default: Value;
  /** What it is for, in the installed config.toml, without the full stop. */
  readonly brief: string;
  /** What docs/configuration.md says of it, where that is more than `brief` has room for. */
  readonly meaning?: string;
  /** What the installed config.toml shows of a key without a default. */
  readonly example?: NonNullable<Value>;
  /** Whether the older container-hooks-toolkit has it too. */
  readonly older?: true;
  /** Whether it is read for older files' sake alone; the installed config.toml does not show it. */
  readonly withoutEffect?: true;
}

/** Keys by the names that the program has for them, some in groups. */
export interface KeyTable {
  readonly [field: string]: Key<unknown> | KeyTable;
}

/** The values of a table of keys, under the same names. */
export type ValuesOf<Keys> = {
  [Field in keyof Keys]: Keys[Field] extends Key<infer Value> ? Value : ValuesOf<Keys[Field]>;
};

type About<Value> = Pick<Key<Value>, "brief" | "meaning" | "example" | "older" | "withoutEffect">;

/** Makes the keys of one section: with a default there is always a value, without one there may be none. */
interface MakeKey {
  <Value>(name: string, takes: Kind<Value>, about: About<Value> & { default: NoInfer<Value> }): Key<Value>;
  <Value>(name: string, takes: Kind<Value>, about: About<Value>): Key<Value | undefined>;
}

/** Makes keys of one section. */
export function keysOf(section: string): MakeKey {
  return <Value>(name: string, takes: Kind<Value>, about: About<Value> & { default?: Value }) => {
    return { section, name, takes, default: about.default, ...about } as Key<Value>;
  };
}

/** Gets the values of a table of keys, each as `valueOf` has it. */
export function valuesOf<Keys extends KeyTable>(
  keys: Keys,
  valueOf: (key: Key<unknown>) => unknown,
): ValuesOf<Keys> {
  const values = Object.entries(keys).map(([field, key]) => {
    return [field, isKey(key) ? valueOf(key) : valuesOf(key, valueOf)];
  });
  return Object.fromEntries(values);
}

/** Lists every key of a table in its order, each with its value. */
export function pairsOf(keys: KeyTable, values: object): (readonly [key: Key<unknown>, value: unknown])[] {
  return Object.entries(keys).flatMap(([field, key]) => {
    const value = (values as Record<string, unknown>)[field];
    return isKey(key) ? [[key, value] as const] : pairsOf(key, value as object);
  });
}

/** Lists every key of a table, in its order. */
export function listKeys(keys: KeyTable): Key<unknown>[] {
  return Object.values(keys).flatMap((key) => isKey(key) ? [key] : listKeys(key));
}

/** A group has no text among its fields. */
function isKey(entry: Key<unknown> | KeyTable): entry is Key<unknown> {
  return typeof entry.name === "string";
}
