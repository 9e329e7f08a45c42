/** `container-hooks completions SHELL`: written from the definitions that the parser works by. */
import { CTK_NAME } from "../ctk/ctk_commands.ts";
import { ctkTree } from "../ctk/ctk_help.ts";
import { bashCompletion } from "./bash.ts";
import { type CommandNode, commandTree } from "./command_tree.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";
import type { ProgramContext } from "../program_context.ts";

/** A shell that there is a completion for. */
export type Shell = "bash" | "fish" | "zsh";

const SCRIPTS: Record<Shell, (root: CommandNode) => string> = {
  bash: (root) => `${bashCompletion(root)}\n${bashCompletion(ctkTree(), CTK_NAME)}`,
  fish: fishCompletion,
  zsh: zshCompletion,
};

/** Prints the script for one shell. */
export function completionsFor(shell: Shell): (this: ProgramContext) => void {
  return function () {
    this.host.stdout(SCRIPTS[shell](commandTree(this.routes)));
  };
}
