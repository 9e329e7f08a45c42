/** How commands print: aligned tables for people, JSON for programs. */
import type { Host } from "../host/host.ts";

/** One JSON value and a line end. */
export function printJson(host: Host, value: unknown): void {
  host.stdout(`${JSON.stringify(value, null, 2)}\n`);
}

/** Names and values, the values aligned. */
export function printPairs(host: Host, pairs: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) host.stdout(`${name.padEnd(width)}  ${value}\n`);
}

/** Rows under headings, each column as wide as its widest cell. */
export function printTable(
  host: Host,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  for (const row of [headings, ...rows]) {
    host.stdout(`${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()}\n`);
  }
}

/** Local to nobody: the time in UTC, to the second. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
