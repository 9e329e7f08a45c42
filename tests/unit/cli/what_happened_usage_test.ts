/** Bad input of `explain`, `trace` and `metrics`: a status and one sentence, and nothing is written. */
import assert from "node:assert/strict";
import { runCommand } from "../../../mod/cli/app.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

const cases: [argv: string[], status: number, said: RegExp][] = [
  [
    ["explain", "nope"],
    1,
    /no container "nope" is on record; `container-hooks explain` lists those that are/,
  ],
  [["inspect", "nope"], 1, /no container "nope" is on record/],
  [["explain", ""], 1, /no container "" is on record/],
  [["explain", "a", "b"], 2, /[Tt]oo many arguments/],
  [
    ["explain", "--since", "yesterday"],
    2,
    /--since: "yesterday" is not a span of time such as 30s, 15m, 2h or 1d/,
  ],
  [["explain", "--limit", "0"], 2, /--limit: "0" is not a whole number from 1 on/],
  [["explain", "--limit", "-1"], 2, /limit/],
  [["explain", "--plugin"], 2, /expected input for flag --plugin/],
  [["explain", "--bundle", ""], 2, /--bundle: it is empty/],
  [["explain", "--config", "/nope"], 1, /config\.json \/nope does not exist|OCI runtime/],
  [["trace"], 2, /expected argument for CONTAINER; see `container-hooks trace --help`/],
  [["trace", "nope"], 1, /no container "nope" is on record/],
  [["trace", "nope", "--html", "/etc/"], 2, /--html: "\/etc\/" is not the name of a file/],
  [["metrics", "--output", ""], 2, /--output: "" is not the name of a file/],
  [
    ["metrics", "--output", "/nowhere/a.prom"],
    1,
    /textfile \/nowhere\/a\.prom cannot be written: its folder does not exist; make its folder first/,
  ],
  [["metrics", "--output", "a.txt"], 2, /--output: "a.txt" does not end in \.prom/],
  [["explain", "--engine", "rkt"], 2, /rkt/],
  [["explain", "--failed", "web"], 2, /take no CONTAINER; see `container-hooks explain --help`/],
  [["metrics", "what"], 2, /[Tt]oo many arguments/],
];

for (const [argv, status, said] of cases) {
  Deno.test(`${JSON.stringify(argv)} is told what is wrong with it`, async () => {
    const host = new MemoryHost();
    host.stdout = () => {};
    host.file("/etc/container-hooks/config.toml", "");
    host.file("/usr/bin/runc", "", { mode: 0o755 });
    host.variables.PATH = "/usr/bin";
    assert.equal(await runCommand(host, argv, inContext(host)), status, host.err);
    assert.match(host.err, said);
    assert.match(host.err, /^container-hooks: [^\n]*\n$/);
    assert.doesNotMatch(host.err, /has a defect/);
  });
}

Deno.test("what is on record is root's to see: another user is told so", async () => {
  for (const argv of [["explain"], ["trace", "web"], ["metrics"]]) {
    const host = new MemoryHost();
    host.stdout = () => {};
    host.folder("/run/container-hooks/journal", { mode: 0o700 });
    host.folder("/run/container-hooks", { mode: 0o700 });
    host.user = 1000;
    assert.equal(await runCommand(host, argv, inContext(host)), 1);
    assert.match(host.err, /\/run\/container-hooks\/journal.*ermission denied/);
  }
});
