import assert from "node:assert/strict";
import { entryPath, type JournalEntry, listEntries, writeEntry } from "../../../mod/state/journal.ts";
import { sweep } from "../../../mod/state/sweep.ts";
import { MemoryHost } from "../memory_host.ts";

const CONFIG = "/bundle/config.json";

function entry(number: number, created: number, path = CONFIG): JournalEntry {
  return {
    format: 1,
    token: String(number).padStart(32, "0"),
    created,
    program: "1.0.0",
    outcome: "edited",
    container: {
      id: "web",
      names: [],
      engine: "none",
      bundle: "/bundle",
      operation: "create",
      runtime: "runc",
    },
    plugins: [],
    config: { path, before: "a", after: `b${number}`, temporary: "", inverse: [] },
  };
}

async function swept(entries: JournalEntry[]): Promise<number[]> {
  const host = new MemoryHost();
  host.file(CONFIG, "{}");
  for (const one of entries) await writeEntry(host, one);
  await sweep(host);
  return listEntries(host).map(({ token }) => Number(token));
}

Deno.test("a bundle that is used again and again does not keep every entry that it ever had", async () => {
  const entries = Array.from({ length: 20 }, (_, index) => entry(index, index + 1));
  assert.deepEqual(await swept(entries), [19, 18, 17, 16, 15, 14, 13, 12]);
});

Deno.test("the entry of a container whose bundle is there stays, however old; one that is gone goes", async () => {
  assert.deepEqual(await swept([entry(1, 1), entry(2, 1, "/gone/config.json")]), [1]);
});

Deno.test("an entry is not removed by one of the same token that cannot be written", async () => {
  const host = new MemoryHost();
  await writeEntry(host, entry(1, 1));
  await assert.rejects(writeEntry(host, entry(1, 2)), /journal entry .* cannot be written/);
  assert.deepEqual(listEntries(host).map(({ created }) => created), [1]);
});

Deno.test("an entry that a kill cut short stayed for ever", async () => {
  const host = new MemoryHost();
  await writeEntry(host, entry(1, host.now()));
  const cut = entryPath(host, "f".repeat(32));
  host.file(cut, '{"format":1', { mode: 0o600 });
  await sweep(host);
  assert.equal(host.text(cut), '{"format":1', "another create may be writing it at this moment");
  host.time += 25 * 60 * 60 * 1000;
  await sweep(host);
  assert.equal(host.lstat(cut), undefined);
});

Deno.test("an entry larger than any that is read again was written all the same", async () => {
  const host = new MemoryHost();
  const large = { ...entry(1, 1), failure: "x".repeat(65 * 1024 * 1024) };
  await assert.rejects(
    writeEntry(host, large),
    /journal entry .* is 65\.0 MiB, more than the limit of 64\.0 MiB/,
  );
  assert.equal(host.lstat(entryPath(host, large.token)), undefined);
});
