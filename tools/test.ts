/**
 * Every test: what it needs is brought here, the program is built, then one group after another runs.
 *
 * The last line is `N passed, N failed, N skipped`, from the test runner's own counts; the status is 1 where
 * one failed or none ran. CONTAINER_HOOKS_UNDER_TEST names other built files than dist/container-hooks.
 */
import { PROJECT } from "../tests/harness/forms.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";
import { add, type Counts, leftOut, NOTHING, parseSummary } from "./test_counts.ts";

const GROUPS = [
  { name: "unit tests", folder: "tests/unit" },
  { name: "property tests", folder: "tests/fuzz" },
  { name: "built-in plugins", folder: "plugins" },
  { name: "the built file, killed and starved", folder: "tests/faults" },
  { name: "the built file on real runtimes and engines", folder: "tests/spec" },
];

await ensurePrerequisites();
shareUnpackedProgram();
if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();

let total: Counts = NOTHING;
const skipped: string[] = [];
for (const { name, folder } of GROUPS) {
  console.log(`\n# ${name} (${folder})`);
  const { output, success } = await denoTest(folder);
  total = add(total, parseSummary(output, success));
  skipped.push(...leftOut(output));
}

if (skipped.length > 0) console.log(`\nLeft out:\n${skipped.map((test) => `  ${test}`).join("\n")}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
Deno.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

/** One folder into which the portable form unpacks itself, in place of one for each test file. */
function shareUnpackedProgram(): void {
  if (Deno.uid() !== 0) return;
  const folder = Deno.makeTempDirSync({ dir: "/var/lib", prefix: "hooks-test-portable." });
  Deno.env.set("CONTAINER_HOOKS_PORTABLE_DIR", folder);
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
}

/** Runs the tests of a folder, showing and returning what the runner prints. */
async function denoTest(folder: string): Promise<{ output: string; success: boolean }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--permit-no-files", folder],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    await Deno.stdout.write(new TextEncoder().encode(text));
  }
  const { success } = await child.status;
  return { output, success };
}
