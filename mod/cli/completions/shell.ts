/** What the completions of all shells have in common. */
import type { Option } from "./command_tree.ts";

/** A text as one word, for sh and its relatives. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** How an option is written: "--for", "-f". */
export function spellings({ name, letter }: Option): string[] {
  return [`--${name}`, ...letter === undefined ? [] : [`-${letter}`]];
}

/** Puts `values` in place of `@NAME@`. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z]+)@/g, (_, name: string) => values[name]!);
}
