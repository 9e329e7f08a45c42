/**
 * Parsing a plugin's file: its types are taken out, and its imports found.
 *
 * A file can be written so that a parser needs hours, all memory or all of the stack, so this happens in a child
 * (print_parsed.ts), never in the process that a container waits for.
 */
import { Failure, failure } from "../errors.ts";
import { type Import, importsOf } from "./imports.ts";
import type { SourceFile } from "./source.ts";
import { stripTypes } from "./strip.ts";

/** What is known of a file when it was parsed. */
export interface ParsedSource {
  /** JavaScript with every line and column of the file. */
  code: string;
  imports: Import[];
}

/**
 * Parses one file.
 *
 * @throws {Failure} plugin-source, plugin-load
 */
export async function parseSource(file: SourceFile): Promise<ParsedSource> {
  try {
    const code = await stripTypes(file);
    return { code, imports: await importsOf(file, code) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failure("plugin-load", { file: file.path, ...reasonOf(error) }, { cause: error });
  }
}

/** What a parser throws that gave up: the stack of WebAssembly ends with a RuntimeError, V8's with a RangeError. */
function reasonOf(error: unknown): { why: string; remedy: string } {
  if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
    return { why: "it is nested too deeply to be parsed", remedy: "flatten it" };
  }
  return { why: `it cannot be parsed: ${String(error)}`, remedy: "write it more plainly" };
}
