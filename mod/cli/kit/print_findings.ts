/** Findings as lines: how it is, what was looked at, what was found, and below it what mends it. */
import { oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { inColour, wantsColour } from "./colour.ts";
import type { Finding } from "./finding.ts";

const COLOURS = { ok: 32, warning: 33, error: 31 };

/** Prints all of them, aligned. */
export function printFindings(host: Host, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const indent = " ".repeat("warning".length + 2);
  for (const { subject, state, what, remedy } of findings) {
    const word = state.padEnd("warning".length);
    const shown = wantsColour(host) ? inColour(word, COLOURS[state]) : word;
    host.stdout(`${shown}  ${subject.padEnd(width)}  ${oneLine(what)}\n`);
    if (remedy !== undefined) host.stdout(`${indent}${" ".repeat(width)}  -> ${oneLine(remedy)}\n`);
  }
}
