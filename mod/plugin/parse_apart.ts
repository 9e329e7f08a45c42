/** Parsing files of a plugin in a child without permissions, which is killed at its limit. */
import { type Failure, failure, oneLine } from "../errors.ts";
import { PARSE_COMMAND } from "../entry_points.ts";
import type { Host, Outcome } from "../host/host.ts";
import { systemReason } from "../host/system_reason.ts";
import type { ParsedSource } from "./parse_source.ts";
import type { ParseReport } from "./print_parsed.ts";
import type { Program } from "./program.ts";
import type { SourceFile } from "./source.ts";

/** Milliseconds for all files of a plugin; one takes a few, but the machine may be busy. */
export const PARSE_LIMIT = 10_000;

/** Characters that one child gets, or else one file: what it prints has a limit. */
const BATCH = 1024 * 1024;

/**
 * Makes what parses the files of one plugin, within one limit for all of them.
 *
 * @param until By the host's uptime, when whoever waits for it wants to go on.
 */
export function parserFor(
  host: Host,
  program: Program,
  until: number,
): (files: SourceFile[]) => Promise<ParsedSource[]> {
  const end = Math.min(until, host.uptime() + PARSE_LIMIT);
  return async (files) => {
    const parsed: ParsedSource[] = [];
    for (const batch of batches(files)) parsed.push(...await parseBatch(host, program, batch, end));
    return parsed;
  };
}

function batches(files: SourceFile[]): SourceFile[][] {
  const all: SourceFile[][] = [];
  let room = 0;
  for (const file of files) {
    if (all.length === 0 || file.text.length > room) {
      all.push([]);
      room = BATCH;
    }
    all.at(-1)!.push(file);
    room -= file.text.length;
  }
  return all;
}

/** @throws {Failure} plugin-source, plugin-load, plugin-late */
async function parseBatch(
  host: Host,
  program: Program,
  files: SourceFile[],
  end: number,
): Promise<ParsedSource[]> {
  const file = files[0]!.path;
  const limit = end - host.uptime();
  if (limit <= 0) throw failure("plugin-late", { file });
  const outcome = await start(host, program, files, limit);
  const report = reportOf(outcome);
  if (report && "parsed" in report && report.parsed.length === files.length) return report.parsed;
  if (report && "refused" in report) throw failureOf(report.refused, file);
  const names = files.length === 1 ? "it" : "what it imports";
  const why = outcome.timedOut
    ? `${names} was not parsed after ${Math.round(limit / 100) / 10} s`
    : `${names} could not be parsed: the parser ended with status ${outcome.status}, saying: ${
      oneLine(new TextDecoder().decode(outcome.stderr))
    }`;
  throw failure("plugin-load", { file, why, remedy: "write it more plainly" });
}

async function start(host: Host, program: Program, files: SourceFile[], limit: number): Promise<Outcome> {
  const { path, args, env } = program.again;
  try {
    return await host.run({
      path,
      args: [...args, PARSE_COMMAND],
      env: { ...env, NO_COLOR: "1" },
      stdin: new TextEncoder().encode(JSON.stringify(files)),
      timeout: limit,
    });
  } catch (error) {
    const why = `${path} cannot be started to parse it: ${systemReason(error)}`;
    throw failure("plugin-load", { file: files[0]!.path, why, remedy: "check that file" }, { cause: error });
  }
}

function reportOf({ status, stdout }: Outcome): ParseReport | undefined {
  if (status !== 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch {
    return undefined;
  }
}

/** The failure that the child had, made again. */
function failureOf({ code, details }: { code: string; details: object }, file: string): Failure {
  if (code === "plugin-source" || code === "plugin-load") return failure(code, details as never);
  return failure("plugin-load", { file, why: `its parser said ${code}`, remedy: "write it more plainly" });
}
