/**
 * Called as container-hooks-ctk: the command lines of the container-hooks-toolkit, in our own words.
 *
 * It was a Go program: options have one dash or two, take their value joined or as the next word, and switches
 * take true or false. Everything that is done here is another command of ours; only the words differ.
 */
import { closest } from "../../config/closest.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { CTK_COMMANDS, CTK_GLOBALS, CTK_NAME, type CtkCommand, type CtkOption } from "./ctk_commands.ts";
import { ctkHelp } from "./ctk_help.ts";

/** Our command line that does what the older one asked for. */
export interface Translation {
  argv: string[];
  /** The config.toml that the command is about, where one was named. */
  config?: string;
  /** Whether nothing but errors is to be said. */
  quiet: boolean;
}

/**
 * Translates a command line of container-hooks-ctk, without its name.
 *
 * @param cwd What a relative path starts from.
 * @returns the translation, or the help that was asked for
 * @throws {Failure} usage for a command or an option that it did not have
 *
 * @example
 * ```ts
 * import { translateCtk } from "./ctk.ts";
 * translateCtk(["runtime", "configure", "--config-file=daemon.json"], "/etc/docker");
 * // { argv: ["runtime", "configure", "--config", "/etc/docker/daemon.json", "--runtime", "docker"], quiet: false }
 * ```
 */
export function translateCtk(words: readonly string[], cwd: string): Translation | { help: string } {
  const { given: globals, rest } = readOptions(words, CTK_GLOBALS, cwd);
  if (globals.has("version")) return { argv: ["version"], quiet: false };
  if (globals.has("help")) return { help: ctkHelp([])! };
  const command = CTK_COMMANDS.find(({ words }) => words.every((word, index) => rest[index] === word));
  if (!command) return { help: helpFor(rest) };
  const { given, rest: more } = readOptions(rest.slice(command.words.length), command.options, cwd);
  if (given.has("help")) return { help: ctkHelp(command.words)! };
  if (more[0] !== undefined) throw unknown(`the argument ${JSON.stringify(more[0])}`);
  for (const [name, value] of Object.entries(command.defaults ?? {})) {
    if (!given.has(name)) given.set(name, [value]);
  }
  const config = command.words[0] === "config" ? given.get("config-file")?.at(-1) : undefined;
  return {
    argv: [...command.ours(given), ...flagsOf(command, given)],
    quiet: globals.has("quiet") && command.words[0] !== "config",
    ...(config === undefined ? {} : { config }),
  };
}

/** Finds the help for words that name no command: `help` and a command, or the words that commands begin with. */
function helpFor(words: readonly string[]): string {
  const asked = words[0] === "help" || words[0] === "h" ? words.slice(1) : words;
  const named = asked.filter((word) => !["--help", "-help", "-h"].includes(word));
  const help = ctkHelp(named);
  if (help === undefined) throw unknown(`the command ${JSON.stringify(named.slice(0, 2).join(" "))}`);
  return help;
}

function flagsOf({ options }: CtkCommand, given: ReadonlyMap<string, string[]>): string[] {
  return [...given].flatMap(([name, values]) => {
    const { flag, kind } = options.find(({ names }) => names[0] === name)!;
    if (flag === undefined) return [];
    return kind === "switch" ? [flag] : [flag, values.at(-1)!];
  });
}

/** Options up to the first word that is none, by their first names. */
function readOptions(
  words: readonly string[],
  options: readonly CtkOption[],
  cwd: string,
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
    if (value === undefined) throw usage(`the option --${name} needs a value`);
    const taken = option.kind === "path" ? absolute(value, cwd) : value;
    given.set(option.names[0]!, [...given.get(option.names[0]!) ?? [], taken]);
  }
  return { given, rest: words.slice(at) };
}

/** A lone dash is standard output. */
function absolute(path: string, cwd: string): string {
  if (path.startsWith("/") || path === "-") return path;
  return `${cwd === "/" ? "" : cwd}/${path.replace(/^(\.\/+)+/, "")}`;
}

function unknown(what: string, name = "", options: readonly CtkOption[] = []): Error {
  const near = closest(name, options.flatMap(({ names }) => names));
  const hint = near ? `, did you mean --${near}?` : "";
  return usage(`container-hooks-ctk does not know ${what}${hint}`);
}

function usage(why: string): Error {
  return failure("usage", { why, command: CTK_NAME });
}

/** Gets the outside world of a translated command: its configuration, and silence where that was asked for. */
export function hostFor(host: Host, { config, quiet }: Translation): Host {
  const changed: Partial<Host> = {
    ...(config === undefined
      ? {}
      : { env: (name) => name === "CONTAINER_HOOKS_CONFIG" ? config : host.env(name) }),
    stdout: quiet ? () => {} : (bytes) => host.stdout(bytes),
  };
  return Object.assign(Object.create(host), changed);
}
