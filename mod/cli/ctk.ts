/**
 * Called as container-hooks-ctk: the command lines of the container-hooks-toolkit, in our own words.
 *
 * It was a Go program: options have one dash or two, take their value joined or as the next word, and switches
 * take true or false. Everything that is done here is another command of ours; only the words differ.
 */
import { closest } from "../config/closest.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";

/** Our command line that does what the older one asked for. */
export interface Translation {
  argv: string[];
  /** The config.toml that the command is about, where one was named. */
  config?: string;
  /** Whether nothing but errors is to be said. */
  quiet: boolean;
}

/** One option of the older program. */
interface Option {
  /** Its names, without dashes. */
  names: string[];
  /** A switch takes no value. */
  kind: "switch" | "value" | "values";
  /** The flag of ours; absent for what is translated by itself. */
  flag?: string;
}

/** One command of the older program. */
interface Command {
  /** Words that name it. */
  words: string[];
  options: Option[];
  /** What is given where it was not, since the older one's default is another. */
  defaults?: Record<string, string>;
  /** Our words for it; what it was given by the options' first names. */
  ours(given: ReadonlyMap<string, string[]>): string[];
}

const HELP: Option = { names: ["help", "h"], kind: "switch", flag: "--help" };
const DRY_RUN: Option = { names: ["dry-run"], kind: "switch", flag: "--dry-run" };

const ENGINE: Option[] = [
  HELP,
  DRY_RUN,
  { names: ["runtime"], kind: "value", flag: "--runtime" },
  { names: ["config-file", "config"], kind: "value", flag: "--config" },
  { names: ["name"], kind: "value", flag: "--name" },
  { names: ["path"], kind: "value", flag: "--path" },
];

const COMMANDS: Command[] = [
  {
    words: ["runtime", "configure"],
    options: [...ENGINE, { names: ["set-as-default"], kind: "switch", flag: "--set-as-default" }],
    defaults: { runtime: "docker" },
    ours: () => ["runtime", "configure"],
  },
  {
    words: ["runtime", "unconfigure"],
    // Taking a runtime out takes it out as the default too.
    options: [...ENGINE, { names: ["set-as-default"], kind: "switch" }],
    defaults: { runtime: "docker" },
    ours: () => ["runtime", "unconfigure"],
  },
  {
    words: ["config"],
    options: [
      HELP,
      DRY_RUN,
      { names: ["config-file", "config", "c"], kind: "value" },
      { names: ["in-place", "i"], kind: "switch" },
      { names: ["output", "o"], kind: "value" },
      { names: ["set"], kind: "values" },
    ],
    ours: (given) => {
      const output = given.get("output")?.[0] ?? (given.has("in-place") ? undefined : "-");
      const assignments = (given.get("set") ?? []).map(assignment);
      return ["config", "set", ...(output === undefined ? [] : ["--output", output]), ...assignments];
    },
  },
  {
    words: ["install"],
    options: [HELP, DRY_RUN, { names: ["toolkit-root"], kind: "value", flag: "--prefix" }],
    ours: () => ["install"],
  },
];

const GLOBALS: Option[] = [
  HELP,
  // Every message of ours says all there is to say.
  { names: ["debug", "d"], kind: "switch" },
  { names: ["quiet", "q"], kind: "switch" },
  { names: ["version", "v"], kind: "switch" },
];

/** Keys that are lists; the older program took their words with colons between. */
const LISTS = ["container-hooks.plugin-dirs", "container-hooks-runtime.runtimes"];

/**
 * Translates a command line of container-hooks-ctk, without its name.
 *
 * @param cwd What a relative path of a configuration file starts from.
 * @throws {Failure} usage for a command or an option that it did not have
 *
 * @example
 * ```ts
 * import { translateCtk } from "./ctk.ts";
 * const { argv } = translateCtk(["runtime", "configure", "--config-file=/etc/docker/daemon.json"], "/");
 * argv.join(" "); // "runtime configure --config /etc/docker/daemon.json --runtime docker"
 * ```
 */
export function translateCtk(words: readonly string[], cwd: string): Translation {
  const globals = readOptions(words, GLOBALS);
  const quiet = globals.given.has("quiet");
  const rest = globals.rest;
  if (globals.given.has("version")) return { argv: ["version"], quiet: false };
  const command = COMMANDS.find(({ words }) => words.every((word, index) => rest[index] === word));
  if (!command) {
    if (globals.given.has("help") || rest.length === 0) return { argv: ["--help"], quiet: false };
    throw unknown(`the command ${JSON.stringify(rest.slice(0, 2).join(" "))}`);
  }
  const { given, rest: more } = readOptions(rest.slice(command.words.length), command.options);
  if (more[0] !== undefined) throw unknown(`the argument ${JSON.stringify(more[0])}`);
  for (const [name, value] of Object.entries(command.defaults ?? {})) {
    if (!given.has(name)) given.set(name, [value]);
  }
  const flags = [...given].flatMap(([name, values]) => {
    const { flag, kind } = command.options.find(({ names }) => names[0] === name)!;
    if (flag === undefined) return [];
    return kind === "switch" ? [flag] : [flag, values.at(-1)!];
  });
  const config = command.words[0] === "config" ? given.get("config-file")?.at(-1) : undefined;
  const argv = [...command.ours(given), ...flags];
  return {
    argv,
    quiet: quiet && command.words[0] !== "config",
    ...(config === undefined ? {} : { config: config.startsWith("/") ? config : `${cwd}/${config}` }),
  };
}

/** Options up to the first word that is none, by their first names. */
function readOptions(
  words: readonly string[],
  options: readonly Option[],
): { given: Map<string, string[]>; rest: string[] } {
  const given = new Map<string, string[]>();
  let at = 0;
  for (; at < words.length && words[at]!.startsWith("-"); at++) {
    const [, name = "", joined] = /^--?([^=]*)(?:=(.*))?$/s.exec(words[at]!)!;
    const option = options.find(({ names }) => names.includes(name));
    if (!option) throw unknown(`the option ${JSON.stringify(words[at])}`, name, options);
    if (option.kind === "switch") {
      if (joined !== "false") given.set(option.names[0]!, []);
      continue;
    }
    const value = joined ?? words[++at];
    if (value === undefined) throw failure("usage", { why: `the option --${name} needs a value` });
    given.set(option.names[0]!, [...given.get(option.names[0]!) ?? [], value]);
  }
  return { given, rest: words.slice(at) };
}

function unknown(what: string, name = "", options: readonly Option[] = []): Error {
  const near = closest(name, options.flatMap(({ names }) => names));
  const hint = near ? `, did you mean --${near}?` : "";
  return failure("usage", { why: `container-hooks-ctk does not know ${what}${hint}` });
}

/** `key` alone is true, and a list has colons between its words. */
function assignment(text: string): string {
  const end = text.indexOf("=");
  if (end < 0) return `${text}=true`;
  const [key, value] = [text.slice(0, end), text.slice(end + 1)];
  if (!LISTS.includes(key) || value.startsWith("[")) return text;
  return `${key}=${JSON.stringify(value.split(":"))}`;
}

/** The outside world of a translated command: its configuration, and silence where that was asked for. */
export function hostFor(host: Host, { config, quiet }: Translation): Host {
  const changed: Partial<Host> = {
    ...(config === undefined
      ? {}
      : { env: (name) => name === "CONTAINER_HOOKS_CONFIG" ? config : host.env(name) }),
    stdout: quiet ? () => {} : (bytes) => host.stdout(bytes),
  };
  return Object.assign(Object.create(host), changed);
}
