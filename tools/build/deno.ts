/** Which Deno goes below the program. */
import { resolve } from "node:path";
import { BuildFailure } from "./failure.ts";
import { run } from "./run.ts";

/** A stock Deno on this machine. */
export interface StockDeno {
  /** Absolute. */
  path: string;
  version: string;
}

/** npm fetches 45 MB for a version that is not in its cache. */
const FETCH_LIMIT = 300;

/** A Deno answers in milliseconds; on a machine under load, in seconds. */
const ANSWER_LIMIT = 30;

const ASK = "console.log(JSON.stringify({ path: Deno.execPath(), version: Deno.version.deno }))";

/**
 * The Deno that was asked for: the running one where `wanted` is undefined, else a version from npm or a path.
 *
 * @throws {BuildFailure} where it cannot be had
 */
export async function findDeno(wanted: string | undefined): Promise<StockDeno> {
  if (wanted === undefined) return { path: Deno.execPath(), version: Deno.version.deno };
  if (/^\d+\.\d+\.\d+$/.test(wanted)) return await askDeno("npx", ["--yes", `deno@${wanted}`], FETCH_LIMIT);
  if (wanted.includes("/")) return await askDeno(resolve(wanted), [], ANSWER_LIMIT);
  throw new BuildFailure(
    `--deno ${wanted} is neither a version nor a path; give one such as 2.9.6 or ./deno`,
  );
}

async function askDeno(program: string, args: string[], limit: number): Promise<StockDeno> {
  const call = [program, ...args].join(" ");
  try {
    const ran = await run(program, [...args, "eval", "--no-config", ASK], { limit });
    if (ran.success) return JSON.parse(ran.stdout);
    const why = ran.late ? `no answer within ${limit} s` : ran.stderr.trim().split("\n").at(-1);
    throw new BuildFailure(`the Deno of ${call} cannot be used: ${why}; correct --deno`);
  } catch (error) {
    if (error instanceof BuildFailure) throw error;
    throw new BuildFailure(`${call} is no Deno: ${(error as Error).message}; correct --deno`);
  }
}
