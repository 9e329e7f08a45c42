/** Completion for fish. */
import { allNodes, type CommandNode, type CommandOption } from "./command_tree.ts";
import { fill, listing } from "./shell.ts";

/** Gets the script that a folder of fish's completions takes, as container-hooks.fish. */
export function fishCompletion(root: CommandNode): string {
  const nodes = allNodes(root);
  return fill(SCRIPT, {
    ROUTES: nodes.slice(1).map(({ words }) => quote(` ${words.join(" ")}`)).join(" "),
    LINES: nodes.flatMap(linesOf).join("\n"),
  });
}

function linesOf({ words, commands, options, arguments: proposed = [], listedBy }: CommandNode): string[] {
  const here = `complete -c container-hooks -n ${
    quote(`__container_hooks_at ${quote(words.map((word) => ` ${word}`).join(""))}`)
  }`;
  return [
    ...commands.map((command) => `${here} -f -a ${quote(command.words.at(-1)!)} -d ${quote(command.brief)}`),
    ...proposed.map((argument) => `${here} -f -a ${quote(argument)}`),
    ...listedBy === undefined ? [] : [`${here} -a ${quote(`(${listing(listedBy)})`)}`],
    ...options.map((option) => `${here} ${optionWords(option)} -d ${quote(option.brief)}`),
  ];
}

function optionWords({ name, letter, value }: CommandOption): string {
  const names = `-l ${name}${letter === undefined ? "" : ` -s ${letter}`}`;
  if (!value) return names;
  if (value.listedBy !== undefined) return `${names} -x -a ${quote(`(${listing(value.listedBy)})`)}`;
  return value.choices.length > 0 ? `${names} -x -a ${quote(value.choices.join(" "))}` : `${names} -r`;
}

/** Puts a text between single quotation marks, where fish knows two escapes. */
function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const SCRIPT = String
  .raw`# fish completion for container-hooks, written by "container-hooks completions fish".

function __container_hooks_at --description 'Whether the words so far lead to this command'
    set -l route ''
    for word in (commandline -opc)[2..-1]
        switch "$route $word"
            case @ROUTES@
                set route "$route $word"
        end
    end
    test "$route" = "$argv[1]"
end

@LINES@
`;
