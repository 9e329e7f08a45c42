/**
 * What a configuration file may hold, said as rules that are put together from smaller ones.
 *
 * A rule does not throw: which line a key stands on is looked up only where a message needs it, and takes
 * time. It returns the first problem, which knows its key and how to be told once its place is found.
 */
import { type Failure, failure, quote } from "../errors.ts";
import { closest } from "./closest.ts";
import type { KeyPath, WhereSet } from "./where_set.ts";

/** A problem of a configuration: something is not as it must be. */
export interface Problem {
  key: KeyPath;
  tell(place: WhereSet): Failure;
}

/** What is wrong with a value that stands under a key; undefined where nothing is. */
export type Rule = (value: unknown, key: KeyPath) => Problem | undefined;

/** A table of TOML, without a prototype. */
export type Table = Record<string, unknown>;

/** Tells whether a value is a table, and no list or date. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Makes a rule for one value. `wanted` continues "it takes". */
export function one(wanted: string, holds: (value: unknown) => boolean): Rule {
  return (value, key) => holds(value) ? undefined : wrongValue(key, describe(value), wanted);
}

/** Makes the rule for a list of at least `least` values. `wanted` continues "it takes". */
export function list(wanted: string, holds: (value: unknown) => boolean, least = 0): Rule {
  return (value, key) => {
    if (!Array.isArray(value)) return wrongValue(key, describe(value), wanted);
    if (value.length < least) return wrongValue(key, "an empty list", wanted);
    const wrong = value.findIndex((item) => !holds(item));
    return wrong < 0 ? undefined : wrongValue(key, `a list with ${describe(value[wrong])}`, wanted);
  };
}

/**
 * Makes the rule for a table whose keys are known.
 *
 * @param home Where a key belongs that no known key resembles.
 */
export function table(
  rules: Readonly<Record<string, Rule>>,
  home?: (key: KeyPath) => string | undefined,
): Rule {
  return entries((name, key) => {
    if (Object.hasOwn(rules, name)) return rules[name]!;
    const near = closest(name, Object.keys(rules));
    return () => unknownKey(key, near === undefined ? home?.(key) : [...key.slice(0, -1), near].join("."));
  });
}

/**
 * Makes the rule for a table whose keys the administrator chooses; each entry has the rule that `ruleOf` gives for
 * its name.
 */
export function entries(ruleOf: (name: string, key: KeyPath) => Rule): Rule {
  return (value, key) => {
    if (!isTable(value)) return wrongValue(key, describe(value), "a table");
    for (const [name, inner] of Object.entries(value)) {
      const innerKey = [...key, name];
      const problem = ruleOf(name, innerKey)(inner, innerKey);
      if (problem) return problem;
    }
  };
}

/** Makes the problem of a key that must not be there. */
export function unknownKey(key: KeyPath, suggestion?: string): Problem {
  return {
    key,
    tell: (place) => failure("config-unknown-key", { ...place, key: key.join("."), suggestion }),
  };
}

function wrongValue(key: KeyPath, found: string, wanted: string): Problem {
  return { key, tell: (place) => failure("config-value", { ...place, key: key.join("."), found, wanted }) };
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the text ${quote(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  if (value instanceof Date) return "a date or time";
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : String(value);
}
