/** The script that config.json names as a hook, in every shell: who reads the state, and what comes back. */
import assert from "node:assert/strict";
import { SHELLS } from "../harness/launcher.ts";
import { ANSWERED, COLD, LOST } from "../harness/echo_handlers.ts";
import { testWith } from "../harness/needs.ts";
import { run } from "../harness/run.ts";
import { workFolder } from "../harness/work_folder.ts";
import { hookText } from "../../mod/wrapper/hook_text.ts";

const PIPED = ["bash", "-c", 'cat "$0" 2>/dev/null | "$@"'];

/** Larger than what a pipe holds. */
const STATE = JSON.stringify({ id: "web", annotations: { long: "x".repeat(300_000) } });

for (const { name, argv } of SHELLS) {
  testWith(
    `${name}: the state is read once, by the service or by the program`,
    ["root", "bash", name],
    async () => {
      using work = workFolder();
      const program = work.program(
        "it's a program",
        `#!/bin/sh\nprintf '%s\\n' "$@"\nwc -c\necho "it says" >&2\nexit 7\n`,
      );
      const script = work.program("hook", hookText({ program, version: "0.0.0" }));
      const state = work.file("state", STATE);
      const folder = work.folder("run");
      const hook = async (token: string, ...more: string[]) => {
        const words = ["dispatch", "createRuntime", "--journal", `${folder}/journal/${token}.json`, ...more];
        // A pipe, as runtimes have it.
        const { status, stdout, stderr } = await run([...PIPED, state, ...argv, script, ...words]);
        return { status, stderr, said: stdout.trim().split("\n").slice(4) };
      };
      const byProgram = { status: 7, stderr: "it says\n", said: [String(STATE.length)] };
      assert.deepEqual(await hook(ANSWERED), byProgram, "without a service");

      await using _service = await serve(`${folder}/handlers`, program);
      assert.deepEqual(await hook(COLD), byProgram, "sent away");
      assert.deepEqual(await hook(ANSWERED), {
        status: 3,
        stderr: `${STATE.length} bytes about hook\n 'two' \\n\n`,
        said: [],
      });
      // Words that no runtime calls it with are the program's to refuse.
      assert.deepEqual((await hook(ANSWERED, "more")).status, 7);
      assert.deepEqual(await hook(LOST), { status: 7, stderr: "it says\n", said: ["--lost", "0"] }, "lost");
      assert.deepEqual(await hook(ANSWERED), byProgram, "of the dead one");
      Deno.removeSync(program);
      const gone = await hook(ANSWERED);
      assert.equal(gone.status, 1);
      assert.match(
        gone.stderr,
        /^container-hooks: the program .*it's a program.* is gone or cannot be executed/,
      );
    },
  );
}

async function serve(base: string, program: string): Promise<AsyncDisposable> {
  const service = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-check", script("echo_handlers.ts"), base, program],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = service.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return {
    async [Symbol.asyncDispose]() {
      await service.stdout.cancel();
      try {
        service.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await service.status;
    },
  };
}

function script(name: string): string {
  return new URL(`../harness/${name}`, import.meta.url).pathname;
}
