import assert from "node:assert/strict";
import { wantsColour } from "../../../../mod/cli/kit/colour.ts";
import { MemoryHost } from "../../memory_host.ts";

const CASES: [terminal: boolean, variables: Record<string, string>, wants: boolean][] = [
  [true, {}, true],
  [true, { TERM: "xterm-256color", NO_COLOR: "" }, true],
  [false, { TERM: "xterm-256color" }, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { TERM: "dumb" }, false],
];

for (const [terminal, variables, wants] of CASES) {
  const where = `${terminal ? "a terminal" : "no terminal"} and ${JSON.stringify(variables)}`;
  Deno.test(`${where}: ${wants ? "in colour" : "plain"}`, () => {
    const host = new MemoryHost();
    Object.assign(host, { terminal, variables });
    assert.equal(wantsColour(host), wants);
  });
}
