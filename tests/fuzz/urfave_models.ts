/**
 * The three ways in which releases of runc read the words behind a command, written after the sources of
 * urfave/cli 1.22.1 (runc up to 1.1), 1.22.9 to 1.22.17 (Debian's, and runc 1.2 to 1.5) and v3 (later), for
 * `runc run`. Deliberately naive: a second opinion, not a second implementation of ours.
 */

/** What the runtime would act upon; undefined where it refuses or only shows help. */
export interface Acted {
  id: string;
  bundle: string;
}

/** The table of `runc run`: true for options with a value. */
export const RUN_OPTIONS: Readonly<Record<string, boolean>> = {
  "bundle": true,
  "b": true,
  "pid-file": true,
  "preserve-fds": true,
  "console-socket": true,
  "keep": false,
  "detach": false,
  "d": false,
  "no-pivot": false,
  "help": false,
  "h": false,
};

const ROOT_OPTIONS: Readonly<Record<string, boolean>> = {
  "log": true,
  "root": true,
  "debug": false,
  "systemd-cgroup": false,
};

type Values = Map<string, string>;

function accept(values: Values, rest: readonly string[]): Acted | undefined {
  const on = (name: string) => ["true", "1"].includes(values.get(name) ?? "false");
  if (on("help") || on("h") || rest.length !== 1 || !/^[\w+.-]+$/.test(rest[0]!)) return undefined;
  if (!/^\d+$/.test(values.get("preserve-fds") ?? "0")) return undefined;
  return { id: rest[0]!, bundle: values.get("bundle") ?? values.get("b") ?? "" };
}

/** Go's flag package: in order, up to the first word that is no option. */
function parseInOrder(words: readonly string[]): Acted | undefined {
  const values: Values = new Map();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word.length < 2 || !word.startsWith("-")) break;
    if (word === "--") {
      at++;
      break;
    }
    const [, name, joined] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const takesValue = name === undefined ? undefined : RUN_OPTIONS[name];
    if (takesValue === undefined) return undefined;
    const value = joined ?? (takesValue ? words[++at] : "true");
    if (value === undefined || (!takesValue && !["true", "1", "false", "0"].includes(value))) {
      return undefined;
    }
    values.set(name!, value);
  }
  if (values.has("bundle") && values.has("b")) return undefined;
  return accept(values, words.slice(at));
}

/** urfave/cli 1.22.1: options and what might be their values first, then the rest. */
export function readLikeOldV1(words: readonly string[]): Acted | undefined {
  const options: string[] = [];
  const rest: string[] = [];
  let mayBeValue = false;
  for (const [at, word] of words.entries()) {
    if (word === "--") {
      rest.push(...words.slice(at));
      break;
    }
    if (mayBeValue && !word.startsWith("-")) {
      mayBeValue = false;
      options.push(word);
      continue;
    }
    mayBeValue = false;
    if (word !== "-" && word.startsWith("-")) {
      options.push(word);
      mayBeValue = !word.includes("=");
    } else {
      rest.push(word);
    }
  }
  return parseInOrder([...options, ...rest]);
}

/** urfave/cli 1.22.9: the same, but only for options that the command has. */
export function readLikeV1(words: readonly string[]): Acted | undefined {
  const isOption = (word: string) =>
    /^-./.test(word) && word !== "--" &&
    word.replace(/^--/, "").replace(/^-/, "").split("=")[0]! in RUN_OPTIONS;
  const options: string[] = [];
  let rest: string[] = [];
  let mayBeValue = false;
  for (const [at, word] of words.entries()) {
    if (mayBeValue && !isOption(word)) {
      mayBeValue = false;
      options.push(word);
    } else if (word === "--") {
      rest = ["--", ...rest, ...words.slice(at + 1)];
      break;
    } else if (isOption(word)) {
      options.push(word);
      mayBeValue = !word.includes("=");
    } else {
      rest.push(word);
    }
  }
  return parseInOrder([...options, ...rest]);
}

/** urfave/cli v3: in order, arguments in between, the root's options as well. */
export function readLikeV3(words: readonly string[]): Acted | undefined {
  const table = { ...RUN_OPTIONS, ...ROOT_OPTIONS };
  const values: Values = new Map();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!.trim();
    if (word === "--") {
      rest.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    if (word === "-") {
      rest.push(word);
      break;
    }
    if (word[1] !== "-" && !/[a-z]/i.test(word[1]!)) {
      rest.push(...words.slice(at));
      break;
    }
    const [name, ...joined] = word.slice(word[1] === "-" ? 2 : 1).split("=");
    const takesValue = table[name!];
    if (takesValue === undefined) return undefined;
    const value = joined.length > 0
      ? joined.join("=") || (takesValue ? "" : "true")
      : takesValue
      ? words[++at]
      : "true";
    if (value === undefined || (!takesValue && !["true", "1", "false", "0"].includes(value))) {
      return undefined;
    }
    values.set(name === "b" ? "bundle" : name!, value);
  }
  return accept(values, rest);
}
