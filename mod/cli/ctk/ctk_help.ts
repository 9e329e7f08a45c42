/** The help of container-hooks-ctk, and its commands as the completions take them. */
import { CTK_COMMANDS, CTK_GLOBALS, CTK_NAME, type CtkOption } from "./ctk_commands.ts";
import type { CommandNode, CommandOption } from "../completions/command_tree.ts";

/** Words that several of its commands begin with. */
const GROUPS: Record<string, string> = {
  runtime: "Put our runtime into an engine's configuration, or take it out",
};

/** Gets the tree of all its commands. */
export function ctkTree(): CommandNode {
  const groups = Object.entries(GROUPS).map(([word, brief]) =>
    node([word], brief, CTK_COMMANDS.filter(({ words }) => words.length > 1 && words[0] === word).map(leaf))
  );
  const alone = CTK_COMMANDS.filter(({ words }) => words.length === 1).map(leaf);
  const brief = "The command lines of the container-hooks-toolkit; `container-hooks` can do more";
  return node([], brief, [...groups, ...alone], CTK_GLOBALS);
}

function leaf({ words, brief, options }: (typeof CTK_COMMANDS)[number]): CommandNode {
  return node(words, brief, [], options);
}

const HELP_ALONE = CTK_GLOBALS.filter(({ names }) => names.includes("help"));

function node(
  words: string[],
  brief: string,
  commands: CommandNode[],
  options: readonly CtkOption[] = HELP_ALONE,
): CommandNode {
  const tail = commands.length > 0 ? "COMMAND [OPTION ...]" : "[OPTION ...]";
  const usage = [CTK_NAME, ...words, tail].join(" ");
  return { words, brief, usage, commands, options: options.map(optionOf) };
}

function optionOf({ names, brief, kind, placeholder = "", choices = [] }: CtkOption): CommandOption {
  const [name = "", ...others] = names;
  const letter = others.find((other) => other.length === 1);
  return { name, letter, brief, value: kind === "switch" ? undefined : { placeholder, choices } };
}

/** What `--help` prints of the command that `words` lead to; undefined where they lead to none. */
export function ctkHelp(words: readonly string[]): string | undefined {
  let at: CommandNode | undefined = ctkTree();
  for (const word of words) at = at?.commands.find((command) => command.words.at(-1) === word);
  return at && helpOf(at);
}

function helpOf({ usage, brief, commands, options }: CommandNode): string {
  const flags = options.map((option): Row => [flagText(option), option.brief]);
  const below = commands.map((command): Row => [command.words.at(-1)!, command.brief]);
  return [
    "USAGE",
    `  ${usage}`,
    "",
    brief,
    "",
    "FLAGS",
    ...aligned(flags),
    ...below.length > 0 ? ["", "COMMANDS", ...aligned(below)] : [],
    "",
  ].join("\n");
}

function flagText({ name, letter, value }: CommandOption): string {
  const taken = value ? ` ${value.choices.join("|") || value.placeholder}` : "";
  return `${letter === undefined ? "  " : `-${letter}`} --${name}${taken}`;
}

type Row = [term: string, brief: string];

function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, brief]) => `  ${term.padEnd(width)}  ${brief}`);
}
