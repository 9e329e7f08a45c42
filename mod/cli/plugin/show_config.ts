/** config.json for people: a field a line, and what may be secret hidden. */
import { writeExactJson } from "../../text/json/exact.ts";

/** Stands for a value that may be a password. */
const HIDDEN = "(hidden; --values shows it)";

/** Writes it with a field a line and all digits of its numbers. */
export function prettyJson(value: unknown): string {
  return `${writeExactJson(value, 2)}\n`;
}

/** Hides the values of variables in both, so that one which is changed still shows as that. */
export function hiddenVariables(before: unknown, after: unknown): void {
  const known = new Set(variablesOf(before));
  const isNew = (variable: string) => !known.has(variable);
  for (const [value, words] of [[before, () => HIDDEN], [after, wordsFor]] as const) {
    const process = (value as { process?: { env?: unknown[] } } | null)?.process;
    if (Array.isArray(process?.env)) process.env = process.env.map((each) => hide(each, words));
  }
  function wordsFor(variable: string): string {
    return isNew(variable) ? `${HIDDEN.slice(0, -1)}, new)` : HIDDEN;
  }
}

function variablesOf(value: unknown): string[] {
  const env = (value as { process?: { env?: unknown } } | null)?.process?.env;
  return Array.isArray(env) ? env.filter((each) => typeof each === "string") : [];
}

function hide(variable: unknown, words: (variable: string) => string): unknown {
  if (typeof variable !== "string") return variable;
  const end = variable.indexOf("=");
  return end < 0 ? variable : `${variable.slice(0, end)}=${words(variable)}`;
}
