/** Completion for bash, 4 and later; it needs no other package. */
import { allNodes, type CommandNode } from "./command_tree.ts";
import { fill, listing, quote, routePattern, spellings, valueCases } from "./shell.ts";

/**
 * Gets the script that /usr/share/bash-completion/completions takes under the command's name.
 *
 * @param name The command's.
 */
export function bashCompletion(root: CommandNode, name: string = "container-hooks"): string {
  const nodes = allNodes(root);
  return fill(SCRIPT, {
    NAME: name,
    FUNCTION: `_${name.replaceAll("-", "_")}`,
    ROUTES: routePattern(nodes),
    // Of a value without choices nothing is known: bash completes names of files.
    VALUES: valueCases(nodes, ({ choices, listedBy }) => {
      const values = listedBy === undefined ? quote(choices.join(" ")) : `"$(${listing(listedBy)})"`;
      return `values=${values} known=yes`;
    }),
    WORDS: nodes.map(wordsCase).join(""),
  });
}

function wordsCase({ words, commands, options, arguments: proposed = [], listedBy }: CommandNode): string {
  const names = [...commands.map((command) => command.words.at(-1)!), ...proposed];
  const route = quote(words.map((word) => ` ${word}`).join(""));
  const all = options.flatMap(spellings).join(" ");
  const listed = listedBy === undefined ? quote(names.join(" ")) : `"$(${listing(listedBy)})"`;
  return `    ${route}) commands=${listed} options=${quote(all)} ;;\n`;
}

const SCRIPT = String
  .raw`# bash completion for @NAME@, written by "container-hooks completions bash".

@FUNCTION@() {
  local word previous current=${"$"}{COMP_WORDS[COMP_CWORD]} route='' values='' known='' value='' commands='' options=''
  local -i at last=COMP_CWORD-1
  # bash makes three words of --option=value.
  if [[ $current == = ]]; then
    current='' value=yes
  elif [[ ${"$"}{COMP_WORDS[last]} == = ]]; then
    last=last-1 value=yes
  fi
  previous=${"$"}{COMP_WORDS[last]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${"$"}{COMP_WORDS[at]}
    [[ $word == -- ]] && return
    case "$route $word" in
      @ROUTES@) route+=" $word" ;;
    esac
  done
  case "$route:$previous" in
@VALUES@  esac
  case $route in
@WORDS@  esac
  if [[ -n $known ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -z $value ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    # What is still to get its value.
    [[ ${"$"}{COMPREPLY[0]} != *= ]] || compopt -o nospace
  fi
}

complete -o bashdefault -o default -F @FUNCTION@ @NAME@
`;
