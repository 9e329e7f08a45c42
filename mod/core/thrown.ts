/**
 * What a plugin threw, looked at without trusting it: it may be anything, of any size, with fields that throw when
 * they are read.
 */

/** The texts of something thrown; as plain data they pass from one isolate to another. */
export interface Thrown {
  /** "TypeError"; empty where it has no message and so is no error. */
  name: string;
  message: string;
  stack: string;
  /** What a person can do about it, where the plugin says so. */
  remedy?: string;
}

/** Characters of a message that are looked at; far fewer are told. */
const MESSAGE_LIMIT = 2000;
/** Characters of a stack, from its end: the places stand behind the message. */
const STACK_LIMIT = 10_000;

/** Looks at something that was thrown, and never throws itself. */
export function lookAtThrown(thrown: unknown): Thrown {
  const message = isObject(thrown) ? fieldOf(thrown, "message") : undefined;
  if (message === undefined) return { name: "", message: textOf(thrown).slice(0, MESSAGE_LIMIT), stack: "" };
  const remedy = fieldOf(thrown, "remedy");
  return {
    name: textOf(fieldOf(thrown, "name") ?? "Error").slice(0, MESSAGE_LIMIT),
    message: textOf(message).slice(0, MESSAGE_LIMIT),
    stack: textOf(fieldOf(thrown, "stack") ?? "").slice(-STACK_LIMIT),
    ...(typeof remedy === "string" ? { remedy: remedy.slice(0, MESSAGE_LIMIT) } : {}),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Undefined where it has none; a word of ours where reading it throws. */
function fieldOf(thrown: unknown, name: keyof Thrown): unknown {
  try {
    return (thrown as Record<string, unknown>)[name];
  } catch {
    return name === "message" ? "an error whose message cannot be read" : undefined;
  }
}

/** Text of a value that may have none. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}
