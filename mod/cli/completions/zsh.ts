/** Completion for zsh. */
import { allNodes, type CommandNode, type CommandOption } from "./command_tree.ts";
import { fill, listing, quote, routePattern, spellings, valueCases } from "./shell.ts";

/** Gets the function that a folder of zsh's fpath takes, as _container-hooks. */
export function zshCompletion(root: CommandNode): string {
  const nodes = allNodes(root);
  return fill(SCRIPT, {
    ROUTES: routePattern(nodes),
    VALUES: valueCases(nodes, (value) => `${completing(value)}; return`),
    WORDS: nodes.map(wordsCase).join(""),
  });
}

function completing({ choices, listedBy }: NonNullable<CommandOption["value"]>): string {
  if (listedBy !== undefined) return `compadd -- \${(f)"$(${listing(listedBy)})"}`;
  return choices.length > 0 ? `compadd -- ${choices.map(quote).join(" ")}` : "_files";
}

function wordsCase({ words, commands, options, arguments: proposed = [], listedBy }: CommandNode): string {
  const route = quote(words.map((word) => ` ${word}`).join(""));
  const names = commands.map((command) => described(command.words.at(-1)!, command.brief));
  const all = options.flatMap((option) => spellings(option).map((word) => described(word, option.brief)));
  const arrays = [["commands", names], ["options", all], ["proposed", proposed.map(quote)]] as const;
  const listed = listedBy === undefined ? "" : ` proposed=(\${(f)"$(${listing(listedBy)})"})`;
  return `    ${route}) ${arrays.map(([name, all]) => `${name}=(${all.join(" ")})`).join(" ")}${listed} ;;\n`;
}

/** A colon ends the word. */
function described(word: string, brief: string): string {
  return quote(`${word.replaceAll(":", "\\:")}:${brief}`);
}

/** `path` would be zsh's own. */
const SCRIPT = String.raw`#compdef container-hooks
# Written by "container-hooks completions zsh".

_container-hooks() {
  local route='' word
  local -a commands options proposed
  local -i at
  for ((at = 2; at < CURRENT; at++)); do
    word=$words[at]
    [[ $word == -- ]] && return
    case "$route $word" in
      @ROUTES@) route+=" $word" ;;
    esac
  done
  case "$route:$words[CURRENT-1]" in
@VALUES@  esac
  case $route in
@WORDS@  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  elif [[ $proposed[1] == *= ]]; then
    compadd -S '' -- $proposed
  elif (( $#proposed )); then
    compadd -- $proposed
  else
    _files
  fi
}

_container-hooks "$@"
`;
