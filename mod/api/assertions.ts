/**
 * Assertions for tests of plugins: few, without a test runner of any kind, and with the difference in their message.
 * They use no library: an author's editor may read these sources as they are.
 */

/**
 * A test found something else than it expects.
 *
 * @example
 * ```ts
 * import { assertEquals, AssertionError, assertThrows } from "container-hooks/testing";
 *
 * const error = assertThrows(() => assertEquals(1, 2));
 * assertEquals(error instanceof AssertionError, true);
 * ```
 */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/**
 * Asserts that a value is true, or as good as true.
 *
 * @example
 * ```ts
 * import { assert } from "container-hooks/testing";
 *
 * const found: string | undefined = ["payments"].find((team) => team.startsWith("pay"));
 * assert(found, "a team is named");
 * assert(found.length === 8);
 * ```
 */
export function assert(condition: unknown, message = "it is not so"): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/**
 * Asserts that two values are the same, or plain data, maps, sets and dates of the same content.
 *
 * @throws {AssertionError} which tells where they differ, and both as lines: `-` what was expected, `+` what is
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "container-hooks/testing";
 *
 * assertEquals({ edits: [{ limit: 1n }] }, { edits: [{ limit: 1n }] });
 * assertThrows(() => assertEquals({ edits: [1] }, { edits: [2] }), /differ at edits\[0\]/);
 * ```
 */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  const path = difference(actual, expected, "", []);
  if (path === undefined) return;
  const told = message === undefined ? "" : `${message}: `;
  const where = path === "" ? "they differ" : `they differ at ${path}`;
  throw new AssertionError(`${told}${where} (- expected, + actual)\n${linesOf(actual, expected)}`);
}

/**
 * Asserts that a text matches a pattern.
 *
 * @example
 * ```ts
 * import { assertMatch } from "container-hooks/testing";
 *
 * assertMatch("it would run as root; set a USER", /as root/);
 * ```
 */
export function assertMatch(actual: string | undefined, pattern: RegExp, message?: string): void {
  if (actual !== undefined && pattern.test(actual)) return;
  const told = message === undefined ? "" : `${message}: `;
  throw new AssertionError(`${told}${shown(actual)} does not match ${pattern}`);
}

/**
 * Asserts that a function throws, and what.
 *
 * @param pattern Matches the message of what is thrown.
 * @returns what was thrown
 *
 * @example
 * ```ts
 * import { assertThrows } from "container-hooks/testing";
 * import { setEnv } from "container-hooks/plugin";
 *
 * assertThrows(() => JSON.parse("{"), /JSON/);
 * assertThrows(() => assertThrows(() => setEnv("A", "b")), /throws nothing/);
 * ```
 */
export function assertThrows(action: () => unknown, pattern?: RegExp): unknown {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error ?? new Error(String(error));
  }
  return checkThrown(thrown, pattern);
}

/**
 * Asserts that a promise is rejected, and with what.
 *
 * @param action A promise, or a function that makes one.
 * @param pattern Matches the message of what it is rejected with.
 * @returns what it was rejected with
 *
 * @example
 * ```ts
 * import { ask, assertRejects } from "container-hooks/testing";
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "wrong",
 *   version: "1.0.0",
 *   brief: "Sets what cannot be set",
 *   plan: () => ({ edits: [setEnv("A=B", "c")] }),
 * });
 * await assertRejects(() => ask(plugin), /edits\[0\]\.name/);
 * ```
 */
export async function assertRejects(
  action: Promise<unknown> | (() => Promise<unknown>),
  pattern?: RegExp,
): Promise<unknown> {
  let thrown: unknown;
  try {
    await (typeof action === "function" ? action() : action);
  } catch (error) {
    thrown = error ?? new Error(String(error));
  }
  return checkThrown(thrown, pattern);
}

function checkThrown(thrown: unknown, pattern: RegExp | undefined): unknown {
  if (thrown === undefined) throw new AssertionError("it throws nothing");
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (pattern && !pattern.test(message)) {
    throw new AssertionError(`what it throws, ${shown(message)}, does not match ${pattern}`);
  }
  return thrown;
}

/** Where two values of plain data differ first, and what each has there; undefined where nowhere. */
export function firstDifference(
  actual: unknown,
  expected: unknown,
): { at: string; actual: string; expected: string } | undefined {
  const path = difference(actual, expected, "", []);
  if (path === undefined) return undefined;
  const within = (value: unknown) => {
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    return shown(
      keys.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value),
    );
  };
  return { at: path || "the whole answer", actual: within(actual), expected: within(expected) };
}

/** Where two values differ: "" where as a whole, undefined where nowhere. */
function difference(
  one: unknown,
  other: unknown,
  path: string,
  above: readonly object[],
): string | undefined {
  if (Object.is(one, other)) return undefined;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return path;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return path;
  if (one instanceof Date) return Object.is(+one, +(other as Date)) ? undefined : path;
  if (one instanceof RegExp) return String(one) === String(other) ? undefined : path;
  // What contains itself is looked at once.
  if (above.includes(one)) return undefined;
  const inside = [...above, one];
  const [left, right] = [fieldsOf(one), fieldsOf(other)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const at = typeof key === "number"
      ? `${path}[${key}]`
      : path === ""
      ? String(key)
      : `${path}.${String(key)}`;
    if (!left.has(key) || !right.has(key)) return at;
    const found = difference(left.get(key), right.get(key), at, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a value consists of; of a set in its order. */
function fieldsOf(value: object): Map<unknown, unknown> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return new Map([...value].entries());
  if (Array.isArray(value)) return new Map(value.entries());
  return new Map(Object.entries(value));
}

/** Lines of a value that are compared; nobody reads more. */
const MOST_LINES = 1000;

/** Lines that both have, and those that one of them has, by the longest common sequence. */
function linesOf(actual: unknown, expected: unknown): string {
  const [left, right] = [expected, actual].map((value) => shown(value).split("\n").slice(0, MOST_LINES)) as [
    string[],
    string[],
  ];
  const longest = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const [row, below] = [longest[i]!, longest[i + 1]!];
      row[j] = left[i] === right[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!);
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    if (i < left.length && j < right.length && left[i] === right[j]) lines.push(`  ${left[i++]}`), j++;
    else if (j === right.length || (i < left.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      lines.push(`- ${left[i++]}`);
    } else lines.push(`+ ${right[j++]}`);
  }
  return lines.join("\n");
}

/** A value as one would write it. */
function shown(value: unknown, indent = "", above: readonly object[] = []): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (above.includes(value)) return "[itself]";
  if (value instanceof Date || value instanceof RegExp || value instanceof Error) return String(value);
  const isList = Array.isArray(value) || value instanceof Set;
  const inner = `${indent}  `;
  const fields = [...fieldsOf(value)].map(([key, field]) =>
    `${inner}${isList ? "" : `${typeof key === "string" ? keyOf(key) : shown(key)}: `}${
      shown(field, inner, [...above, value])
    },\n`
  );
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  return fields.length === 0 ? open + close : `${open}\n${fields.join("")}${indent}${close}`;
}

function keyOf(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
