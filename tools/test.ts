/**
 * Every test: what it needs is brought here, the program is built, then all files run, some side by side.
 *
 *     deno task test [FILE|FOLDER ...]
 *
 * The time of each file is printed, the slowest first. The last line is `N passed, N failed, N skipped`, from the
 * test runner's own counts; the status is 1 where one failed or none ran. CONTAINER_HOOKS_UNDER_TEST names other
 * built files than dist/container-hooks.
 */
import { PROJECT, shareBuiltFiles } from "../tests/harness/forms.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";
import { add, type Counts, failedIn, leftOut, NOTHING, parseSummary } from "./test_counts.ts";
import { findTestFiles, runSideBySide } from "./test_files.ts";
import { type FileTime, timesOf, timeTable } from "./test_times.ts";

/** Files of the built file that run at once: on a machine with two cores, one waits while the other works. */
const AT_ONCE = Math.min(navigator.hardwareConcurrency, 2);

const files = findTestFiles(PROJECT, Deno.args);
await ensurePrerequisites();
shareUnpackedProgram();
if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();
shareBuiltFiles();

let total: Counts = NOTHING;
const skipped: string[] = [];
const failed: string[] = [];
const times: FileTime[] = [];
const began = performance.now();

if (files.parts.length > 0) {
  console.log("\n# the parts: unit tests, property tests, built-in plugins");
  times.push(...await runParts(files.parts));
}
if (files.whole.length > 0) {
  console.log("\n# the built file, on real runtimes and engines, killed and starved");
}
await runSideBySide(files.whole, AT_ONCE, async ({ path }) => {
  const start = performance.now();
  const { output, success } = await denoTest([path], "together");
  times.push({ path, seconds: (performance.now() - start) / 1000 });
  count(output, success);
});

console.log(`\nTime of each file, ${Math.round((performance.now() - began) / 1000)} s in all:`);
console.log(timeTable(times));
printNames("Left out", skipped);
printNames("Failed", failed);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
Deno.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function printNames(what: string, names: readonly string[]): void {
  if (names.length > 0) console.log(`\n${what}:\n${names.map((name) => `  ${name}`).join("\n")}`);
}

function count(output: string, success: boolean): void {
  total = add(total, parseSummary(output, success));
  skipped.push(...leftOut(output));
  failed.push(...failedIn(output));
}

/** All files in one process. */
async function runParts(paths: string[]): Promise<FileTime[]> {
  const report = await Deno.makeTempFile({ prefix: "hooks-test-report.", suffix: ".xml" });
  try {
    const { output, success } = await denoTest(["--parallel", `--junit-path=${report}`, ...paths], "at once");
    count(output, success);
    return timesOf(await Deno.readTextFile(report));
  } finally {
    await Deno.remove(report);
  }
}

/** One folder into which the portable form unpacks itself, in place of one for each test file. */
function shareUnpackedProgram(): void {
  if (Deno.uid() !== 0) return;
  const folder = Deno.makeTempDirSync({ dir: "/var/lib", prefix: "hooks-test-portable." });
  Deno.env.set("CONTAINER_HOOKS_PORTABLE_DIR", folder);
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
}

/**
 * Runs the test runner; gives back what it prints, and shows it.
 *
 * @param shown as it comes, or together at the end: lines of two files would be mixed
 */
async function denoTest(
  args: string[],
  shown: "at once" | "together",
): Promise<{ output: string; success: boolean }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (shown === "at once") await Deno.stdout.write(new TextEncoder().encode(text));
  }
  const { success } = await child.status;
  if (shown === "together") console.log(output.trimEnd());
  return { output, success };
}
