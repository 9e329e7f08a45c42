/** The commands as plain data, read from the definitions that the parser works by. */
import type { Command, RouteMap } from "@stricli/core";
import type { ProgramContext } from "../program_context.ts";

/** A command, or a word that commands begin with. */
export interface CommandNode {
  /** The words that lead here: `["bypass", "on"]`; none for the program itself. */
  words: string[];
  brief: string;
  description?: string;
  /** One line, as `--help` shows it. */
  usage: string;
  /** The commands that begin with this word. */
  commands: CommandNode[];
  options: CommandOption[];
  /** What a command's arguments may be, or begin with where they end in "=", as far as that is known. */
  arguments?: readonly string[];
  /** What lists what they may be on this host. */
  listedBy?: Listing;
}

/** The command of ours that lists words, one a line. */
export interface Listing {
  /** "plugin ls --quiet". */
  command: string;
  /** What each word goes on with, such as "=". */
  behind?: string;
}

/** An option of a command. */
export interface CommandOption {
  /** The flag without its dashes: "dry-run". */
  name: string;
  /** A single letter that means the same. */
  letter?: string;
  brief: string;
  /** What it takes, where it takes a value. */
  value?: { placeholder: string; choices: readonly string[]; listedBy?: Listing };
}

type Target = Command<ProgramContext> | RouteMap<ProgramContext>;
type Parameters = Command<ProgramContext>["parameters"];

/** Proposals are made of definitions alone. */
const NO_CONTEXT = undefined as never;

/** The option `--help`, which every command has. */
const HELP: CommandOption = { name: "help", letter: "h", brief: "Print help information and exit" };

/** The program itself has it. */
const VERSION: CommandOption = { name: "version", letter: "v", brief: "Print version information and exit" };

/** Gets the tree of all commands but hidden ones. */
export function commandTree(
  target: Target,
  words: string[] = [],
  name: string = "container-hooks",
): CommandNode {
  const usage = target.formatUsageLine({
    prefix: [name, ...words],
    config: {
      useAliasInUsageLine: false,
      onlyRequiredInUsageLine: false,
      caseStyle: "convert-camel-to-kebab",
    },
    ansiColor: false,
  });
  const node = { words, brief: target.brief, description: target.fullDescription, usage };
  if ("parameters" in target) {
    const { parameters } = target;
    return {
      ...node,
      commands: [],
      options: [...optionsOf(parameters), HELP],
      arguments: argumentsOf(parameters),
      ...listedBy(parameters),
    };
  }
  const entries = target.getAllEntries().filter(({ hidden }) => !hidden);
  const commands = entries.map((entry) =>
    commandTree(entry.target, [...words, entry.name["convert-camel-to-kebab"]], name)
  );
  return { ...node, commands, options: words.length === 0 ? [HELP, VERSION] : [HELP] };
}

/** Lists all nodes below and including `node`, each before those below it. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}

function optionsOf({ flags = {}, aliases = {} }: Parameters): CommandOption[] {
  return Object.entries(flags).filter(([, flag]) => !("hidden" in flag && flag.hidden)).map(
    ([name, flag]) => {
      const letter = Object.entries(aliases).find(([, aliased]) => aliased === name)?.[0];
      const takesNone = flag.kind === "boolean" || flag.kind === "counter";
      const choices = flag.kind === "enum" ? flag.values : [];
      const placeholder = flag.placeholder ?? "value";
      const value = takesNone ? undefined : { placeholder, choices, listedBy: LISTED_BY[placeholder] };
      return { name: kebab(name), letter, brief: flag.brief, value };
    },
  );
}

/** What is known of the first one: no command of ours takes two of which anything is known. */
function argumentsOf({ positional }: Parameters): readonly string[] {
  if (!positional) return [];
  const [first] = positional.kind === "array" ? [positional.parameter] : positional.parameters;
  const proposed = first?.proposeCompletions?.call(NO_CONTEXT, "") ?? [];
  return proposed instanceof Promise ? [] : proposed;
}

/** What lists the words of a kind, by the placeholder that stands for one. */
const LISTED_BY: Record<string, Listing> = {
  CONTAINER: { command: "explain --quiet" },
  KEY: { command: "config show --quiet" },
  "KEY=VALUE": { command: "config show --quiet", behind: "=" },
  PAGE: { command: "man --quiet" },
  PLUGIN: { command: "plugin ls --quiet" },
  TOPIC: { command: "docs --quiet" },
};

function listedBy({ positional }: Parameters): Pick<CommandNode, "listedBy"> {
  const first = positional?.kind === "array" ? positional.parameter : positional?.parameters[0];
  const listing = LISTED_BY[first?.placeholder ?? ""];
  return listing === undefined ? {} : { listedBy: listing };
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
