/** Checking the types of a plugin, with the Deno that the portable form carries: without a network or a home. */
import { discardTree } from "../../host/discard_tree.ts";
import { folderOf } from "../../core/path.ts";
import { failure, oneLine } from "../../errors.ts";
import type { Host, Outcome } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";
import { stateFolder } from "../../host/our_folders.ts";
import { unfinishedName } from "../../host/unfinished.ts";
import type { Program } from "../../plugin/program.ts";
import type { SourceFile } from "../../plugin/source.ts";
import { type Finding, fine, warning, wrong } from "../kit/finding.ts";
import { typesFolder } from "./library_types.ts";
import { surroundings } from "./surroundings.ts";

/** Milliseconds; it takes one second, and a busy machine a while longer. */
const LIMIT = 120_000;

/** Errors that are told. */
const MOST = 20;

const SUBJECT = "types";

/**
 * Checks types; a program that carries no checker says so.
 *
 * @param files Those of the plugin and its tests.
 * @param root Folder that they lie in.
 */
export async function checkTypes(
  host: Host,
  program: Program,
  root: string,
  files: readonly Pick<SourceFile, "name" | "text">[],
): Promise<Finding[]> {
  if (program.form !== "portable") {
    const why = program.form === "compiled"
      ? "the compiled form carries no type checker"
      : "run from its source";
    const remedy = "check them with the portable form, or with `deno check` where there is a Deno";
    return [warning(SUBJECT, `not checked: ${why}`, remedy)];
  }
  // What a kill leaves behind there is swept away with what creates leave.
  const folder = `${stateFolder(host)}/plugins/${unfinishedName(host)}`;
  try {
    layOut(host, program, folder, files);
    return findingsOf(await run(host, program, folder, files), folder, root, program);
  } finally {
    discardTree(host, folder);
  }
}

function layOut(
  host: Host,
  program: Program,
  folder: string,
  files: readonly Pick<SourceFile, "name" | "text">[],
): void {
  const types = Object.entries(typesFolder(program)).map(([name, text]) => [`types/${name}`, text]);
  const sources = files.map(({ name, text }) => [`source/${name}`, text]);
  const config = surroundings()["deno.json"]!;
  for (const [name, text] of [...types, ...sources, ["deno.json", config]] as [string, string][]) {
    const path = `${folder}/${name}`;
    try {
      host.makeFolder(folderOf(path), 0o700);
      using file = host.createNew(path, 0o600);
      file.write(new TextEncoder().encode(text));
    } catch (error) {
      throw failure("file-unwritable", { what: "file", path, why: systemReason(error) }, { cause: error });
    }
  }
}

async function run(
  host: Host,
  { deno }: Program,
  folder: string,
  files: readonly Pick<SourceFile, "name">[],
): Promise<Outcome> {
  const options = ["--quiet", "--no-lock", "--no-remote", "--no-npm", "--config", `${folder}/deno.json`];
  return await host.run({
    path: deno.path,
    args: [...deno.args, "check", ...options, ...files.map(({ name }) => `${folder}/source/${name}`)],
    env: { DENO_DIR: `${folder}/cache`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", HOME: folder },
    timeout: LIMIT,
  });
}

/** An error as Deno prints it: `TS2322 [ERROR]: words`, lines of code, `at URL:LINE:COLUMN`. */
const ERROR = /^(TS\d+) \[ERROR\]: ([^]*?)\n\s+at (file:\/\/\S+):(\d+):(\d+)$/gm;

function findingsOf(outcome: Outcome, folder: string, root: string, program: Program): Finding[] {
  if (outcome.status === 0) return [fine(SUBJECT, `checked by Deno ${program.platform.deno}`)];
  if (outcome.timedOut) {
    return [
      warning(SUBJECT, `not checked within ${LIMIT / 1000} s`, "try it again when the machine is less busy"),
    ];
  }
  const said = new TextDecoder().decode(outcome.stderr);
  const base = `file://${folder}/source/`;
  const found = [...said.matchAll(ERROR)].map(([, code, words, url, line, column]): Finding => {
    const place = `${url!.startsWith(base) ? `${root}/${url!.slice(base.length)}` : url}:${line}:${column}`;
    return wrong(SUBJECT, `${place} ${code}: ${wordsOf(words!)}`, "correct it there");
  });
  if (found.length === 0) {
    return [warning(SUBJECT, `not checked: Deno says ${oneLine(said)}`, "report it, with the plugin's file")];
  }
  const more = found.length - MOST;
  const rest = more > 0 ? [wrong(SUBJECT, `${more} more errors`, "correct those above first")] : [];
  return [...found.slice(0, MOST), ...rest];
}

/** The words of an error without the lines of code and marks behind them. */
function wordsOf(words: string): string {
  const lines = words.split("\n");
  const mark = lines.findIndex((line) => /^\s*~+\s*$|^\s*\^\s*$/.test(line));
  return oneLine(lines.slice(0, mark > 0 ? mark - 1 : undefined).join(" "));
}
