/** The kinds of values that keys of config.toml take: the rule for each, the words for it, and what it means. */
import { Failure, quote } from "../errors.ts";
import { checkWhen, type When } from "../core/when.ts";
import { LOG_LEVELS, type LogLevel } from "../host/own_log.ts";
import type { WhereSet } from "./where_set.ts";
import { entries, list, one, type Rule } from "./rules.ts";

/** A kind of value. */
export interface Kind<Value> {
  /** What it takes, in words that continue "it takes". */
  readonly wanted: string;
  readonly rule: Rule;
  /** What a value of a file means, once `rule` has let it through. */
  readonly read: (written: unknown) => Value;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isPath = (value: unknown) => isText(value) && /^\/[^\0]*$/.test(value);
const isProgram = (value: unknown) => isPath(value) || (isText(value) && /^(?!\.\.?$)[^/\0]+$/.test(value));
const isOption = (value: unknown): boolean =>
  isText(value) || typeof value === "boolean" || Number.isSafeInteger(value) ||
  (Array.isArray(value) && value.every(isText));

/** A value that means itself. */
function plain<Value>(wanted: string, holds: (value: unknown) => boolean): Kind<Value> {
  return { wanted, rule: one(wanted, holds), read: (written) => written as Value };
}

function plainList(wanted: string, holds: (value: unknown) => boolean, least: number = 0): Kind<string[]> {
  return { wanted, rule: list(wanted, holds, least), read: (written) => written as string[] };
}

/** A path from the root. */
export const absolutePath = plain<string>("an absolute path", isPath);

/** A path from the root, or nothing at all. */
export const pathOrNone = plain<string>(
  'an absolute path, or "" for none',
  (value) => value === "" || isPath(value),
);

/** Paths from the root. */
export const absolutePaths = plainList("a list of absolute paths", isPath);

/** Names to look up on PATH, and paths from the root; at least one. */
export const programs = plainList(
  "a list of at least one name or absolute path of an OCI runtime",
  isProgram,
  1,
);

/** A truth value, `true` or `false`. */
export const trueOrFalse = plain<boolean>("true or false", (value) => typeof value === "boolean");

/** Any whole number that JavaScript holds exactly. */
export const wholeNumber = plain<number>("a whole number", Number.isSafeInteger);

/** Makes the kind of a whole number that is neither less nor more. */
export function wholeWithin(least: number, most: number): Kind<number> {
  return plain(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && isWithin(value, least, most),
  );
}

/** Makes the kind of a number of seconds, fractions too. */
export function seconds(least: number, most: number): Kind<number> {
  return plain(`a number of seconds from ${least} to ${most}`, (value) => isWithin(value, least, most));
}

/** Makes the kind of one of a few words. */
export function choice<Word extends string>(...words: Word[]): Kind<Word> {
  return plain(
    words.map((word) => `"${word}"`).join(" or "),
    (value) => words.some((word) => word === value),
  );
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

const levelWords = `one of ${[...LOG_LEVELS, "warning"].map((word) => `"${word}"`).join(", ")}`;

/** A level of logrus, in any case, and its second word for "warn". */
export const logLevel: Kind<LogLevel> = {
  wanted: levelWords,
  rule: one(levelWords, (value) => isText(value) && levelOf(value) !== undefined),
  read: (written) => levelOf(written as string)!,
};

function levelOf(word: string): LogLevel | undefined {
  const lower = word.toLowerCase();
  return lower === "warning" ? "warn" : LOG_LEVELS.find((level) => level === lower);
}

/** Condition by condition, so that a message has the line of the one that is wrong. */
const condition: Rule = (value, key) => {
  const refusal = (where: string): Failure | undefined => {
    try {
      checkWhen({ [key.at(-1)!]: value }, where);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  };
  const tell = ({ file, line }: WhereSet) => refusal(line ? `${quote(file)}:${line}` : quote(file))!;
  return refusal("") && { key, tell };
};

/** A table of conditions. */
export const conditions: Kind<When | undefined> = {
  wanted: "a table of conditions",
  rule: entries(() => condition),
  // A table whose lines are all commented out narrows nothing; `when` itself would take it for "never".
  read: (written) => Object.keys(written as When).length > 0 ? written as When : undefined,
};

/** A table of a plugin's options; what each takes, the plugin alone knows. */
export const pluginOptions: Kind<Record<string, unknown>> = {
  wanted: "a table of options",
  rule: entries(() => one("a text, a whole number, true or false, or a list of texts", isOption)),
  read: (written) => written as Record<string, unknown>,
};
