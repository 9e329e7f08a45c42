import assert from "node:assert/strict";
import { notePast, readPast } from "../../../mod/state/past_the_program.ts";
import { sweep } from "../../../mod/state/sweep.ts";
import { writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/run/container-hooks/past-the-program";

Deno.test("lines of the launcher and of the program are read, the newest first", () => {
  const host = new MemoryHost();
  const line = "2023-11-14T22:13:19Z bypassed web the bypass is on: the launcher let it pass\n";
  host.file(PATH, line, { mode: 0o600 });
  notePast(host, "refused", "what\nwas\u202e asked");
  assert.deepEqual(readPast(host), [
    { at: host.time, outcome: "refused", why: "what\\u000awas\\u202e asked" },
    {
      at: host.time - 1000,
      outcome: "bypassed",
      id: "web",
      why: "the bypass is on: the launcher let it pass",
    },
  ]);
});

Deno.test("what is no such line is left out, and a file of somebody else's is not believed", () => {
  const host = new MemoryHost();
  host.file(PATH, "\nx\n2023 refused\nnever refused web why\n", { mode: 0o600 });
  assert.deepEqual(readPast(host), []);
  host.file(PATH, "2023-11-14T22:13:19Z refused web why\n", { uid: 1000 });
  assert.deepEqual(readPast(host), []);
});

Deno.test("the file is cut to its newer half where it has grown", async () => {
  const host = new MemoryHost();
  const line = (n: number) => `2023-11-14T22:13:19Z refused c${n} why\n`;
  host.file(PATH, Array.from({ length: 10_000 }, (_, n) => line(n)).join(""), { mode: 0o600 });
  await writeEntry(host, {
    format: 1,
    token: "0".repeat(32),
    created: host.time,
    program: "1.0.0",
    outcome: "unchanged",
    container: { id: "web", names: [], engine: "none", bundle: "/b", operation: "create", runtime: "runc" },
    plugins: [],
    config: { path: "/b/config.json", before: "a", after: "a", temporary: "", inverse: [] },
  });
  await sweep(host);
  const left = readPast(host);
  assert.ok(left.length > 1000 && left.length < 5000);
  assert.equal(left[0]!.id, "c9999");
});
