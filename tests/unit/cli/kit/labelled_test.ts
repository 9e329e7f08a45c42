import assert from "node:assert/strict";
import { printLabelled } from "../../../../mod/cli/kit/output.ts";
import { MemoryHost } from "../../memory_host.ts";

const TEXT = "the image matches ^registry[.]example[.]com/ and the container is privileged, which nobody may";

async function printed(more: object): Promise<string> {
  const host = Object.assign(new MemoryHost(), more);
  await printLabelled(host, [["why", TEXT], ["handlers at", "poststop"]]);
  return host.out;
}

Deno.test("a label and its text are one line for a program", async () => {
  assert.equal(await printed({}), `  why         ${TEXT}\n  handlers at poststop\n`);
});

for (const width of [60, 80]) {
  Deno.test(`on a terminal of ${width} columns a text goes on below its beginning`, async () => {
    const lines = (await printed({ terminal: true, width })).split("\n");
    assert.match(lines[1]!, /^ {14}\S/);
    for (const line of lines) assert.ok(line.length <= width, line);
    assert.equal(lines.join(" ").replace(/\s+/g, " ").trim(), `why ${TEXT} handlers at poststop`);
  });
}
