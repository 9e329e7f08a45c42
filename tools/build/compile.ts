/** The compiled form: denort, the small runtime of Deno, with the bundle inside. */
import type { Bundle } from "./bundle.ts";
import type { StockDeno } from "./deno.ts";
import { run } from "./run.ts";

/** Seconds for `deno compile`, which downloads denort (45 MB) where neither DENORT_BIN nor its cache has it. */
const LIMIT = 60;

/** Flags that the program is run with; in the compiled form they are baked in. */
const RUN_FLAGS = ["--no-code-cache", "--no-prompt", "-A", "--v8-flags=--enable-experimental-regexp-engine"];

/**
 * Compiles a bundle into `output`.
 *
 * @returns undefined where it was made, or half a sentence why not
 */
export async function compile(deno: StockDeno, bundle: Bundle, output: string): Promise<string | undefined> {
  const others = bundle.modules.filter((path) => path !== bundle.main);
  const ran = await run(deno.path, [
    ...[
      "compile",
      "--quiet",
      "--no-check",
      "--no-config",
      "--no-lock",
      "--no-npm",
      "--no-remote",
      ...RUN_FLAGS,
    ],
    ...["--import-map", bundle.importMap, ...others.flatMap((path) => ["--include", path])],
    ...["--output", output, bundle.main],
  ], { cwd: bundle.folder, limit: LIMIT, env: { NO_COLOR: "1" } });
  if (ran.success) return undefined;
  if (ran.late) return `denort ${deno.version} could not be downloaded within ${LIMIT} s`;
  return `denort ${deno.version}: ${reason(ran.stderr)}`;
}

/** Deno's error is followed by a list of causes, the last of which is the one that helps, and a stack. */
function reason(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const cause = lines.findLast((line) => /^\d+: (?!<unknown>)/.test(line))?.replace(/^\d+: /, "");
  const error = lines.find((line) => line.startsWith("error: "))?.slice("error: ".length);
  return cause ?? error ?? "deno compile failed without a word";
}
