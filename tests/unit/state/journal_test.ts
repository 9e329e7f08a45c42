import assert from "node:assert/strict";
import { mount } from "container-hooks/plugin";
import { entryPath, type JournalEntry, readEntry, writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

const TOKEN = "0".repeat(32);

function entryWith(plugin: Partial<JournalEntry["plugins"][number]>): JournalEntry {
  return {
    format: 1,
    token: TOKEN,
    created: 1,
    program: "1.0.0",
    outcome: "edited",
    container: { id: "web", names: [], engine: "none", bundle: "/b", operation: "create", runtime: "runc" },
    plugins: [{ name: "p", version: "1.0.0", selected: true, reasons: [], edits: [], ...plugin }],
    config: { path: "/b/config.json", before: "a", after: "b", temporary: "", inverse: [] },
  };
}

async function readBack(entry: JournalEntry): Promise<JournalEntry> {
  const host = new MemoryHost();
  await writeEntry(host, entry);
  return readEntry(host, entryPath(host, TOKEN));
}

Deno.test("numbers of 64 bits in edits and in carry come back from the journal to the last digit, as bigint", async () => {
  const infinity = 2n ** 64n - 1n;
  const mappings = [{ containerID: 0n, hostID: 100000, size: 4294967295n }];
  const entry = entryWith({
    edits: [mount({ destination: "/x", uidMappings: mappings, gidMappings: mappings })],
    carry: { infinity, one: 1n, number: 1, $bigint: "of the plugin" },
  });
  assert.deepEqual(await readBack(entry), entry);
});

Deno.test("keys of carry that JSON.parse mistakes for others come back as they were", async () => {
  const entry = entryWith({ carry: [{ h: [], "\\": 0 }, { h: 1, '"': 2 }] });
  assert.deepEqual(await readBack(entry), entry);
});
