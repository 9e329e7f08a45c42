/** One file of a plugin, and where in it something is. */
import { type Failure, failure } from "../errors.ts";

/** A file of a plugin as its author wrote it. */
export interface SourceFile {
  /** Below the plugin's root: "plugin.ts", "lib/mounts.ts". */
  name: string;
  /** The path on the host. */
  path: string;
  text: string;
}

/** Lines and columns count from 1, columns in UTF-16 units, as editors and V8 have them. */
export interface Position {
  line: number;
  column: number;
}

/** What JavaScript takes for the end of a line. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

/** Finds line and column of a character. */
export function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(LINE_END);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** Gets one line, without its end; empty where there is none. */
export function lineOf(text: string, line: number): string {
  return text.split(LINE_END)[line - 1] ?? "";
}

/**
 * Gets the lines around a position, with a mark under it:
 *
 *       3 |   plan(container) {
 *     > 4 |     return container.labels.team.toUpperCase();
 *         |                                 ^
 *       5 |   },
 */
export function codeFrame(text: string, { line, column }: Position): string {
  const lines = text.split(LINE_END);
  const first = Math.max(1, line - 1);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const code = lines[number - 1]!;
    frame.push(`${number === line ? ">" : " "} ${String(number).padStart(width)} | ${code}`.trimEnd());
    if (number !== line) continue;
    // Tabs stay tabs, so that the mark stands under its character whatever their width.
    const indent = code.slice(0, column - 1).replace(/[^\t]/g, " ");
    frame.push(`  ${" ".repeat(width)} | ${indent}^`);
  }
  return frame.join("\n");
}

/** Makes the failure of something in a plugin's file: place, reason, the line of code, and what to do. */
export function sourceFailure(file: SourceFile, position: Position, why: string, remedy: string): Failure {
  const code = lineOf(file.text, position.line).trim();
  return failure("plugin-source", { file: file.path, ...position, why, code: code.slice(0, 200), remedy });
}

/** Gets the URL of an absolute path, whatever characters it has; stacks show it so. */
export function fileUrl(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}
