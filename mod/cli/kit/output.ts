/** How commands print: aligned tables for people, JSON for programs. */
import { oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { writeExactJson } from "../../text/json/exact.ts";
import { visibleJson } from "../../visible.ts";
import { inColour, wantsColour } from "./colour.ts";

/**
 * Prints one JSON value and a line end; a bigint is the number that it is, to its last digit. Texts in it may be
 * anybody's, so that what is not seen is escaped.
 */
export function printJson(host: Host, value: unknown): void {
  host.stdout(`${visibleJson(writeExactJson(value, 2))}\n`);
}

/** A text in a table; on a terminal in that colour. */
export type Cell = string | { text: string; colour: number };

/** Names and values, the values aligned. */
export async function printPairs(
  host: Host,
  pairs: readonly (readonly [name: string, value: Cell])[],
): Promise<void> {
  await printRows(host, pairs);
}

/** Columns of the label in {@linkcode printLabelled}, with those before and behind it. */
const LABEL = { before: 2, width: 11, behind: 1 };

/**
 * Prints lines of a label and a text below a heading. On a terminal a text that has no room on its line goes on below
 * its own beginning.
 */
export async function printLabelled(
  host: Host,
  lines: readonly (readonly [label: string, text: string])[],
): Promise<void> {
  const indent = LABEL.before + LABEL.width + LABEL.behind;
  const room = (host.terminalWidth() ?? Infinity) - indent;
  const { default: wrapAnsi } = await import("wrap-ansi");
  for (const [label, text] of lines) {
    const shown = room === Infinity ? oneLine(text) : wrapAnsi(oneLine(text), Math.max(room, LABEL.width));
    const below = shown.replaceAll("\n", `\n${" ".repeat(indent)}`);
    host.stdout(`${" ".repeat(LABEL.before)}${oneLine(label).padEnd(LABEL.width)} ${below}\n`);
  }
}

/** Rows under headings, each column as wide as its widest cell, or as the terminal allows. */
export async function printTable(
  host: Host,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  await printRows(host, [headings, ...rows]);
}

async function printRows(host: Host, rows: readonly (readonly Cell[])[]): Promise<void> {
  host.stdout(await alignRows(host, rows, host.terminalWidth()));
}

/**
 * Aligns the columns of a table, each line ended.
 *
 * The library counts the columns of wide characters; it is loaded when there is something to align.
 *
 * @param width What the table has room for; undefined where nothing limits it.
 */
export async function alignRows(
  host: Host,
  rows: readonly (readonly Cell[])[],
  width: number | undefined,
): Promise<string> {
  // A CommonJS package: bundled, it has its exports on `default` alone.
  const { default: { getBorderCharacters, table } } = await import("table");
  const { fitColumns } = await import("./fit_columns.ts");
  const coloured = wantsColour(host);
  const texts = rows.map((row) => row.map((cell) => oneLine(typeof cell === "string" ? cell : cell.text)));
  // Names and paths that a container chose must not reach the terminal as they are.
  const cells = texts.map((row, at) =>
    row.map((text, column) => {
      const cell = rows[at]![column]!;
      return coloured && typeof cell !== "string" ? inColour(text, cell.colour) : text;
    })
  );
  const text = table(cells, {
    border: getBorderCharacters("void"),
    columnDefault: { paddingLeft: 0, paddingRight: GAP },
    columns: fitColumns(texts, width, GAP).map((width) => width ? { width, wrapWord: true } : {}),
    drawHorizontalLine: () => false,
  });
  return text.replace(/ +$/gm, "");
}

/** Columns between two columns. */
const GAP = 2;

/** Shortens an id to what engines show. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** Formats a time in UTC, to the second. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
