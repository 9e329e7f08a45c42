/** The compiled form: denort, the small runtime of Deno, with the bundle inside. */
import { join } from "node:path";
import type { Bundle } from "./bundle.ts";
import type { StockDeno } from "./deno.ts";
import { run } from "./run.ts";

/** Seconds for `deno compile`, which downloads denort (45 MB) where neither DENORT_BIN nor its cache has it. */
const LIMIT = 60;

/**
 * How the program is compiled and, baked in, how it is run. Without a code cache, functions are best compiled when they
 * are called; the rest is as in portable_header.sh, which says why.
 */
const FLAGS =
  "--quiet --no-check --no-config --no-lock --no-npm --no-remote --no-code-cache --no-prompt -A " +
  "--unstable-worker-options " +
  "--v8-flags=--enable-experimental-regexp-engine,--no-sparkplug,--no-maglev,--min-semi-space-size=8";

/**
 * Compiles a bundle into `output`.
 *
 * @returns undefined where it was made, or half a sentence why not
 */
export async function compile(deno: StockDeno, bundle: Bundle, output: string): Promise<string | undefined> {
  // It keeps the files' times, and two builds of the same are to be the same.
  for (const path of bundle.modules) Deno.utimeSync(join(bundle.folder, path), 0, 0);
  const others = bundle.modules.filter((path) => path !== bundle.main);
  const includes = others.flatMap((path) => ["--include", path]);
  const args = [
    ...FLAGS.split(" "),
    ...includes,
    "--output",
    output,
    bundle.main,
  ];
  const env = { NO_COLOR: "1" };
  const ran = await run(deno.path, ["compile", ...args], { cwd: bundle.folder, limit: LIMIT, env });
  if (ran.success) return undefined;
  if (ran.late) return `denort ${deno.version} could not be downloaded within ${LIMIT} s`;
  return `denort ${deno.version}: ${reason(ran.stderr)}`;
}

/**
 * Deno's error names the temporary file, which helps nobody; the causes below it say what went wrong, some of
 * them twice.
 */
function reason(stderr: string): string {
  const [said = ""] = stderr.split("Stack backtrace:");
  const causes = [...said.matchAll(/^ +\d+: (.+)$/gm)].map(([, cause = ""]) => cause);
  const telling = causes.filter((cause, i) =>
    cause !== "Setting up base binary." && !causes.slice(0, i).some((earlier) => earlier.includes(cause))
  );
  return telling.join(": ") || said.trim().replace(/\s+/g, " ") || "deno compile failed without a word";
}
