/** The page of one command: what it is called, takes and does, from the definitions that the parser works by. */
import { allNodes, type CommandNode, type CommandOption } from "../completions/command_tree.ts";
import { entry, type ManPage, manPage, roff, seeAlso } from "./roff.ts";

/** Makes it. @param name Of the page: the words of the command, with dashes between them. */
export function commandPage(name: string, node: CommandNode): ManPage {
  const leaves = allNodes(node).filter(({ commands }) => commands.length === 0);
  const isGroup = node.commands.length > 0;
  return manPage(name, 8, node.brief, [
    ".SH SYNOPSIS",
    ...leaves.flatMap(({ usage }, at) => [...at > 0 ? [".br"] : [], roff(usage)]),
    ".SH DESCRIPTION",
    ...described(node),
    ...isGroup
      ? [".SH COMMANDS", ...leaves.flatMap(below)]
      : [".SH OPTIONS", ...node.options.flatMap(option)],
    ...seeAlso([["container-hooks", 8], ["container-hooks.toml", 5]]),
  ]);
}

function described({ brief, description }: CommandNode): string[] {
  return [roff(`${brief}.`), ...description ? [".PP", roff(description)] : []];
}

function below(node: CommandNode): string[] {
  return [`.SS ${roff(node.usage)}`, ...described(node), ...node.options.flatMap(option)];
}

function option({ name, letter, value, brief }: CommandOption): string[] {
  const names = [`--${name}`, ...letter ? [`-${letter}`] : []].map((name) => `\\fB${roff(name)}\\fR`).join(
    ", ",
  );
  const term = value ? `${names} \\fI${roff(value.choices.join("|") || value.placeholder)}\\fR` : names;
  return entry(term, brief);
}
