/** Colours of what commands print. */
import type { Host } from "../../host/host.ts";

/**
 * Whether to print in colour: on a terminal that can, where nobody has forbidden it.
 *
 * @see https://no-color.org
 */
export function wantsColour(host: Host): boolean {
  return host.stdoutIsTerminal() && !host.env("NO_COLOR") && host.env("TERM") !== "dumb";
}

/** Colours a text for a terminal. @param colour The number that terminals know it by: 31 is red. */
export function inColour(text: string, colour: number): string {
  return `\x1b[${colour}m${text}\x1b[0m`;
}

/** What the colours of words say, in every command: how something is, and what stands above others. */
export const COLOUR = { good: 32, warning: 33, bad: 31, heading: 1, code: 36 } as const;
