/** All that `install` lays out for people: completions, manual pages, documentation, types and examples. */
import type { Document } from "../../install/layout.ts";
import { DOCUMENTATION } from "../../install/places.ts";
import { embeddedFiles } from "../../plugin/embedded.ts";
import { bashCompletion } from "../completions/bash.ts";
import { commandTree } from "../completions/command_tree.ts";
import { fishCompletion } from "../completions/fish.ts";
import { zshCompletion } from "../completions/zsh.ts";
import { CTK_NAME } from "../ctk/ctk_commands.ts";
import { ctkTree } from "../ctk/ctk_help.ts";
import { manPages } from "../man/pages.ts";
import type { ProgramContext } from "../program_context.ts";

/** Bash looks there for a file of the command's name. */
const BASH = "bash-completion/completions";

/** Lists them, in the folders where man, the shells and people look on any distribution. */
export function listDocuments(context: Pick<ProgramContext, "program" | "routes">): Document[] {
  const root = commandTree(context.routes);
  return [
    { path: `${BASH}/container-hooks`, text: bashCompletion(root) },
    { path: `${BASH}/${CTK_NAME}`, text: bashCompletion(ctkTree(), CTK_NAME) },
    { path: "fish/vendor_completions.d/container-hooks.fish", text: fishCompletion(root) },
    // Debian's zsh looks in the one, all others in the other.
    { path: "zsh/site-functions/_container-hooks", text: zshCompletion(root) },
    { path: "zsh/vendor-completions/_container-hooks", text: zshCompletion(root) },
    ...manPages(context).map(({ name, section, text }) => ({
      path: `man/man${section}/${name}.${section}`,
      text,
    })),
    ...carried(context, "documents", DOCUMENTATION),
    ...carried(context, "types", `${DOCUMENTATION}/types`),
    ...carried(context, "examples", `${DOCUMENTATION}/examples`),
  ];
}

function carried({ program }: Pick<ProgramContext, "program">, folder: string, to: string): Document[] {
  return Object.entries(embeddedFiles(program, folder)).map(([path, text]) => ({
    path: `${to}/${path}`,
    text,
  }));
}
