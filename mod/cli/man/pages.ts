/** Lists all manual pages: the program's, one for each command, one for the configuration. */
import { type CommandNode, commandTree } from "../completions/command_tree.ts";
import { CTK_NAME } from "../ctk/ctk_commands.ts";
import { ctkTree } from "../ctk/ctk_help.ts";
import type { ProgramContext } from "../program_context.ts";
import { commandPage } from "./command_page.ts";
import { configPage } from "./config_page.ts";
import { overviewPage } from "./overview_page.ts";
import type { ManPage } from "./roff.ts";

/** Makes all of them, the program's first. */
export function manPages({ routes }: Pick<ProgramContext, "routes">): ManPage[] {
  const root = commandTree(routes);
  return [
    overviewPage(root),
    ...root.commands.map((command: CommandNode) =>
      commandPage(`container-hooks-${command.words[0]}`, command)
    ),
    commandPage(CTK_NAME, ctkTree()),
    configPage(),
  ];
}
