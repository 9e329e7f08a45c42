/** What the completions of all shells have in common. */
import type { CommandNode, CommandOption, Listing } from "./command_tree.ts";

/** Quotes a text as one word, for sh and its relatives. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lists how an option is written: "--for", "-f". */
export function spellings({ name, letter }: CommandOption): string[] {
  return [`--${name}`, ...letter === undefined ? [] : [`-${letter}`]];
}

/** What leads to each node below the first, as a pattern of `case`. */
export function routePattern(nodes: readonly CommandNode[]): string {
  return nodes.slice(1).map(({ words }) => quote(` ${words.join(" ")}`)).join(" | ");
}

/** Makes a line of `case` for each option with a value: behind the words of its command, it is followed by `action`. */
export function valueCases(
  nodes: readonly CommandNode[],
  action: (value: NonNullable<CommandOption["value"]>) => string,
): string {
  return nodes.flatMap(({ words, options }) =>
    options.filter(({ value }) => value !== undefined).map((option) => {
      const route = words.map((word) => ` ${word}`).join("");
      const patterns = spellings(option).map((spelling) => quote(`${route}:${spelling}`)).join(" | ");
      return `    ${patterns}) ${action(option.value!)} ;;\n`;
    })
  ).join("");
}

/** Has the shell ask us what there is on this host. */
export function listing({ command, behind }: Listing): string {
  return `container-hooks ${command} 2>/dev/null${behind === undefined ? "" : ` | sed 's/$/${behind}/'`}`;
}

/** Puts `values` in place of `@NAME@`. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z]+)@/g, (_, name: string) => values[name]!);
}
