/** How commands print: aligned tables for people, JSON for programs. */
import { oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { writeExactJson } from "../../text/json/exact.ts";
import { visibleJson } from "../../visible.ts";

/**
 * Prints one JSON value and a line end; a bigint is the number that it is, to its last digit. Texts in it may be
 * anybody's, so that what is not seen is escaped.
 */
export function printJson(host: Host, value: unknown): void {
  host.stdout(`${visibleJson(writeExactJson(value, 2))}\n`);
}

/** Names and values, the values aligned. */
export async function printPairs(
  host: Host,
  pairs: readonly (readonly [name: string, value: string])[],
): Promise<void> {
  await printRows(host, pairs);
}

/** Rows under headings, each column as wide as its widest cell. */
export async function printTable(
  host: Host,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  await printRows(host, [headings, ...rows]);
}

/** The library counts the columns of wide characters; it is loaded when there is something to align. */
async function printRows(host: Host, rows: readonly (readonly string[])[]): Promise<void> {
  // A CommonJS package: bundled, it has its exports on `default` alone.
  const { default: { getBorderCharacters, table } } = await import("table");
  // Names and paths that a container chose must not reach the terminal as they are.
  const text = table(rows.map((row) => row.map(oneLine)), {
    border: getBorderCharacters("void"),
    columnDefault: { paddingLeft: 0, paddingRight: 2 },
    drawHorizontalLine: () => false,
  });
  host.stdout(text.replace(/ +$/gm, ""));
}

/** Shortens an id to what engines show. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** Formats a time in UTC, to the second. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
