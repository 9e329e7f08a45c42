/** Findings as a table: how it is, what was looked at, what was found, and below it what mends it. */
import type { Host } from "../../host/host.ts";
import { COLOUR } from "./colour.ts";
import type { Finding } from "./finding.ts";
import { alignRows, type Cell } from "./output.ts";

const COLOURS = { ok: COLOUR.good, warning: COLOUR.warning, error: COLOUR.bad };

/** Prints all of them, aligned and within the terminal's width. */
export async function printFindings(host: Host, findings: readonly Finding[]): Promise<void> {
  const rows = findings.flatMap(({ subject, state, what, remedy }): Cell[][] => [
    [{ text: state, colour: COLOURS[state] }, subject, what],
    ...remedy === undefined ? [] : [["", "", `-> ${remedy}`]],
  ]);
  if (rows.length > 0) host.stdout(await alignRows(host, rows, host.terminalWidth()));
}
