/** Inside the child that parses files of plugins: they come by standard input, and what was found is printed. */
import { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { type ParsedSource, parseSource } from "./parse_source.ts";
import type { SourceFile } from "./source.ts";

/** What the child prints: what each file holds, in their order, or what is wrong with the first that is refused. */
export type ParseReport =
  | { parsed: ParsedSource[] }
  | { refused: { code: string; details: object } };

/** Bytes of standard input, and milliseconds that it may take: its writer is a process of ours. */
const INPUT_LIMIT = 64 * 1024 * 1024, INPUT_TIMEOUT = 10_000;

/**
 * Prints the {@linkcode ParseReport} for the {@linkcode SourceFile}s that stand in standard input as JSON.
 *
 * @param dropPermissions Called after what needs them and before the first file is looked at.
 */
export async function printParsed(host: Host, dropPermissions: () => void): Promise<void> {
  // The parsers are modules, which cannot be loaded afterwards.
  await Promise.all([import("amaro"), import("acorn")]);
  const input = await host.readInput(INPUT_LIMIT, INPUT_TIMEOUT);
  dropPermissions();
  const files: SourceFile[] = JSON.parse(new TextDecoder().decode(input));
  host.stdout(JSON.stringify(await report(files)));
}

async function report(files: SourceFile[]): Promise<ParseReport> {
  const parsed: ParsedSource[] = [];
  try {
    for (const file of files) parsed.push(await parseSource(file));
    return { parsed };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { refused: { code: error.code, details: error.details } };
  }
}
