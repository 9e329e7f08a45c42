/**
 * Taking apart what a plugin hands over in a call of `host`: once, into texts, arrays and objects of our own, so that
 * what is checked is what is used.
 */
import { isLoaderVariable } from "../core/loader_variables.ts";

/** What a plugin called, and why it cannot be done like that. */
export class ArgumentError extends Error {}

/** Settings of `host.run`, checked. */
export interface RunSettings {
  env: Record<string, string>;
  stdin?: string;
  /** Milliseconds. */
  timeout?: number;
}

/** Entries of a list or an object, and characters of a text that is no content. */
const MOST_ENTRIES = 10_000, LONGEST = 128 * 1024;
/** Characters that a program may be given on its standard input. */
const LONGEST_INPUT = 16 * 1024 * 1024;
/** Milliseconds: no create waits longer. */
const LONGEST_RUN = 24 * 60 * 60 * 1000;

/** Takes an argument that must be a text. @throws {ArgumentError} */
export function textArgument(what: string, value: unknown, longest = LONGEST): string {
  if (typeof value !== "string") throw new ArgumentError(`${what} must be a text`);
  if (value.length > longest) throw new ArgumentError(`${what} is longer than ${longest} characters`);
  if (longest === LONGEST && value.includes("\0")) throw new ArgumentError(`${what} has a NUL character`);
  return value;
}

/** Takes an argument that must be a list of texts. @throws {ArgumentError} */
export function textsArgument(what: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${what} must be an array of texts`);
  if (value.length > MOST_ENTRIES) throw new ArgumentError(`${what} has more than ${MOST_ENTRIES} entries`);
  return Array.from({ length: value.length }, (_, index) => textArgument(`${what}[${index}]`, value[index]));
}

/** Takes the settings of `host.run`. @throws {ArgumentError} */
export function runSettings(value: unknown): RunSettings {
  if (value === undefined) return { env: {} };
  const { env, stdin, timeout, ...others } = plainObject("options", value);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw new ArgumentError(`options.${unknown} is unknown; known are env, stdin and timeout`);
  }
  return {
    env: variables(env),
    ...(stdin === undefined ? {} : { stdin: textArgument("options.stdin", stdin, LONGEST_INPUT) }),
    ...(timeout === undefined ? {} : { timeout: milliseconds(timeout) }),
  };
}

function variables(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  const entries = Object.entries(plainObject("options.env", value));
  if (entries.length > MOST_ENTRIES) {
    throw new ArgumentError(`options.env has more than ${MOST_ENTRIES} entries`);
  }
  return Object.fromEntries(entries.map(([name, text]) => {
    if (name === "" || /[=\0]/.test(name)) {
      throw new ArgumentError(`options.env has ${JSON.stringify(name)}, which is no variable's name`);
    }
    if (isLoaderVariable(name)) {
      throw new ArgumentError(
        `options.env sets ${name}, a variable of the program loader, which programs never get`,
      );
    }
    return [name, textArgument(`options.env.${name}`, text)];
  }));
}

function milliseconds(value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= LONGEST_RUN) return Math.ceil(value);
  throw new ArgumentError(`options.timeout must be milliseconds from 1 to ${LONGEST_RUN}`);
}

/** Own enumerable data fields alone, in an object of our own. */
function plainObject(what: string, value: unknown): Record<string, unknown> {
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ArgumentError(`${what} must be a plain object`);
  }
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value as object));
  return Object.fromEntries(
    fields.filter(([, { enumerable }]) => enumerable).map(([name, field]) => {
      if (!("value" in field)) throw new ArgumentError(`${what}.${name} must be a plain value`);
      return [name, field.value];
    }),
  );
}
