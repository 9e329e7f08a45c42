import assert from "node:assert/strict";
import { fine, warning, wrong } from "../../../../mod/cli/kit/finding.ts";
import { printFindings } from "../../../../mod/cli/kit/print_findings.ts";
import { MemoryHost } from "../../memory_host.ts";

const FINDINGS = [
  fine("OCI runtime", "/usr/bin/runc is there, and knows everything that plugins could ask of it"),
  warning("bypass", "it has been on for two days, so no plugin has been asked", "container-hooks bypass off"),
  wrong("docker", "it does not know our runtime", "container-hooks runtime configure --runtime docker"),
];

async function printed(more: object): Promise<string> {
  const host = Object.assign(new MemoryHost(), more);
  await printFindings(host, FINDINGS);
  return host.out;
}

Deno.test("findings are aligned, with what mends them below what was found", async () => {
  const lines = (await printed({})).split("\n");
  assert.match(lines[0]!, /^ok {7}OCI runtime {2}\/usr/);
  assert.equal(lines[2]!.indexOf("-> container-hooks bypass off"), lines[0]!.indexOf("/usr"));
});

for (const width of [60, 80, 120]) {
  Deno.test(`findings stay within a terminal of ${width} columns, nothing of them lost`, async () => {
    const text = await printed({ terminal: true, width, variables: { NO_COLOR: "1" } });
    for (const line of text.split("\n")) assert.ok(line.length <= width, line);
    const words = text.split(/\s+/);
    for (const { what, remedy } of FINDINGS) {
      for (const word of `${what} ${remedy ?? ""}`.trim().split(" ")) assert.ok(words.includes(word), word);
    }
  });
}

Deno.test("how it is has its colour on a terminal alone, and not where NO_COLOR forbids it", async () => {
  const text = await printed({ terminal: true, width: 200 });
  for (const [word, colour] of [["ok", 32], ["warning", 33], ["error", 31]]) {
    assert.ok(text.includes(`\x1b[${colour}m${word}`), String(word));
  }
  for (
    const plain of [{}, { variables: { CLICOLOR_FORCE: "1" } }, {
      terminal: true,
      variables: { NO_COLOR: "1" },
    }]
  ) {
    assert.ok(!(await printed(plain)).includes("\x1b"));
  }
});
