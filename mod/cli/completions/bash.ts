/** Completion for bash, 4 and later; it needs no other package. */
import { allNodes, type CommandNode, type Option } from "./command_tree.ts";
import { fill, quote, spellings } from "./shell.ts";

/**
 * The script that /usr/share/bash-completion/completions takes under the command's name.
 *
 * @param name The command's.
 */
export function bashCompletion(root: CommandNode, name: string = "container-hooks"): string {
  const nodes = allNodes(root);
  return fill(SCRIPT, {
    NAME: name,
    FUNCTION: `_${name.replaceAll("-", "_")}`,
    ROUTES: nodes.slice(1).map(({ words }) => quote(` ${words.join(" ")}`)).join(" | "),
    VALUES: nodes.flatMap((node) => node.options.flatMap((option) => valueCase(node, option))).join(""),
    WORDS: nodes.map(wordsCase).join(""),
  });
}

/** Of a value without choices nothing is known: bash completes names of files. */
function valueCase({ words }: CommandNode, option: Option): string[] {
  if (!option.value) return [];
  const route = words.map((word) => ` ${word}`).join("");
  const patterns = spellings(option).map((spelling) => quote(`${route}:${spelling}`)).join(" | ");
  return [`    ${patterns}) values=${quote(option.value.choices.join(" "))} known=yes ;;\n`];
}

function wordsCase({ words, commands, options, arguments: proposed = [] }: CommandNode): string {
  const names = [...commands.map((command) => command.words.at(-1)!), ...proposed];
  const route = quote(words.map((word) => ` ${word}`).join(""));
  const all = options.flatMap(spellings).join(" ");
  return `    ${route}) commands=${quote(names.join(" "))} options=${quote(all)} ;;\n`;
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
