import assert from "node:assert/strict";
import { routesWith } from "../../../mod/cli/app.ts";
import { isOurs } from "../../../mod/install/compare_item.ts";
import { MemoryHost } from "../memory_host.ts";

const COMMAND = "/usr/bin/container-hooks";
const VERSION = `/opt/hooks/${"0a".repeat(32)}`;

/** What is at the command's place, and whether it is ours though no record has it. */
const CASES: [what: string, put: (host: MemoryHost) => void, ours: boolean][] = [
  ["a link to a version", (host) => {
    host.file(`${VERSION}/container-hooks`, "x");
    host.symlink(COMMAND, `${VERSION}/container-hooks`);
  }, true],
  ["a link to a version that is gone", (host) => host.symlink(COMMAND, `${VERSION}/container-hooks`), true],
  ["a link to the running file", (host) => host.symlink(COMMAND, "/opt/self"), true],
  ["a link to a link to a version", (host) => {
    host.file(`${VERSION}/container-hooks`, "x");
    host.symlink("/usr/bin/other", `${VERSION}/container-hooks`);
    host.symlink(COMMAND, "other");
  }, true],
  ["somebody else's link to a program of the same name", (host) => {
    host.file("/mnt/container-hooks", "#!/bin/sh\nexec mine\n");
    host.symlink(COMMAND, "/mnt/container-hooks");
  }, false],
  ["a link that leads nowhere", (host) => host.symlink(COMMAND, "/mnt/container-hooks"), false],
  ["a link to a folder", (host) => {
    host.folder("/mnt/container-hooks");
    host.symlink(COMMAND, "/mnt/container-hooks");
  }, false],
  [
    "the portable form",
    (host) => host.file(COMMAND, "#!/bin/sh\n# container-hooks 1.0.0 for x86_64, portable form\n"),
    true,
  ],
  ["a launcher", (host) => host.file(COMMAND, "#!/bin/sh\n# The OCI runtime of container-hooks 1\n"), true],
  ["our manual page", (host) => host.file(COMMAND, '.TH CONTAINER\\-HOOKS 8 ""\n'), true],
  // The compiled form's own copies were refused as somebody else's, by install and so by uninstall.
  ["the compiled form, of whatever version", (host) => {
    const filler = "x".repeat(4 * 1024 * 1024 - 520);
    host.file(COMMAND, `\x7fELF${filler}container-hooks-runtime ${filler} container-hooks/plugin d3n0l4nd`);
  }, true],
  ["somebody else's compiled program", (host) => {
    host.file(COMMAND, "\x7fELF something d3n0l4nd container-hooks-runtime");
  }, false],
  ["somebody else's program", (host) => host.file(COMMAND, "#!/bin/sh\necho container-hooks\n"), false],
  ["a named pipe", (host) => host.special(COMMAND, "a named pipe"), false],
  ["nothing", () => {}, false],
];

for (const [what, put, ours] of CASES) {
  Deno.test(`${what} is ${ours ? "ours" : "not ours"}`, () => {
    const host = new MemoryHost();
    host.file("/opt/self", "the program");
    put(host);
    assert.equal(isOurs(host, COMMAND, "/opt/self"), ours);
  });
}

Deno.test("what the documents of any version begin with is ours", async () => {
  const { bashCompletion } = await import("../../../mod/cli/completions/bash.ts");
  const { fishCompletion } = await import("../../../mod/cli/completions/fish.ts");
  const { zshCompletion } = await import("../../../mod/cli/completions/zsh.ts");
  const { manPages } = await import("../../../mod/cli/man/pages.ts");
  const { ctkTree } = await import("../../../mod/cli/ctk/ctk_help.ts");
  const host = new MemoryHost();
  for (const write of [bashCompletion, fishCompletion, zshCompletion]) {
    host.file("/document", write(ctkTree()));
    assert.ok(isOurs(host, "/document", undefined), write.name);
  }
  for (const { name, text } of manPages({ routes: routesWith({}) })) {
    host.file("/document", text);
    assert.ok(isOurs(host, "/document", undefined), name);
  }
  host.file("/usr/share/doc/container-hooks/docs/engines.md", "# Engines\n");
  assert.ok(isOurs(host, "/usr/share/doc/container-hooks/docs/engines.md", undefined));
  host.file("/document", bashCompletion(ctkTree(), "container-hooks-ctk"));
  assert.ok(isOurs(host, "/document", undefined));
});
