import assert from "node:assert/strict";
import { runCommand } from "../../../mod/cli/app.ts";
import { failure } from "../../../mod/errors.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

/** Status and stderr of a command whose standard output is /dev/full. */
async function onFullDisk(...argv: string[]): Promise<[status: number, said: string]> {
  const host = new MemoryHost();
  host.file("/etc/container-hooks/config.toml", "");
  host.stdout = () => {
    throw failure("output-unwritable", { why: "No space left on device (os error 28)" });
  };
  return [await runCommand(host, argv, inContext(host)), host.err];
}

const WORDS = "container-hooks: standard output cannot be written: no space left on device; " +
  "let it go to a place that can be written and has room\n";

Deno.test("an output that cannot be written ends a command with 1 and one sentence", async () => {
  assert.deepEqual(await onFullDisk("config", "show"), [1, WORDS]);
});

Deno.test("help that cannot be written was told with a stack", async () => {
  assert.deepEqual(await onFullDisk("--help"), [1, WORDS]);
});

/** What is said of a command line that is wrong. */
async function refused(...argv: string[]): Promise<string> {
  const host = new MemoryHost();
  assert.equal(await runCommand(host, argv, inContext(host)), 2);
  return host.err;
}

Deno.test("`foo` was taken for a misspelt doctor; what is near is suggested", async () => {
  for (const word of ["foo", "zork", "x", "kubernetes"]) {
    assert.doesNotMatch(await refused(word), /did you mean/, word);
    assert.match(await refused(word), /; see `container-hooks --help`\n$/, word);
  }
  const near = { docter: "doctor", explian: "explain", "un-install": "uninstall", completion: "completions" };
  for (const [word, meant] of Object.entries(near)) {
    assert.match(await refused(word), new RegExp(`did you mean \`?${meant}`), word);
  }
  assert.doesNotMatch(await refused("doctor", "--zzz"), /did you mean/);
  assert.match(await refused("doctor", "--jsno"), /did you mean --json/);
});

for (
  const [argv, command] of [
    [["plugin", "ls", "--nope"], "container-hooks plugin ls"],
    [["plugin", "frobnicate"], "container-hooks plugin"],
    [["frobnicate"], "container-hooks"],
    [["config", "set", "garbage"], "container-hooks config set"],
    [["inspect", "--limit", "0"], "container-hooks inspect"],
  ] as const
) {
  Deno.test(`the help that \`${argv.join(" ")}\` points at was that of the whole program`, async () => {
    const host = new MemoryHost();
    host.file("/etc/container-hooks/config.toml", "");
    assert.equal(await runCommand(host, argv, inContext(host)), 2);
    assert.ok(host.err.endsWith(`; see \`${command} --help\`\n`), host.err);
  });
}
