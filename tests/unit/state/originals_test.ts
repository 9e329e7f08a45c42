import assert from "node:assert/strict";
import { sha256 } from "../../../mod/core/sha256.ts";
import type { JournalEntry } from "../../../mod/state/journal.ts";
import {
  findOriginal,
  forgetOriginal,
  keepOriginal,
  pathsOnRecord,
  sweepOriginals,
} from "../../../mod/state/originals.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/bundle/config.json";
const RECORDS = "/var/lib/container-hooks/bundles";
const WEEK = 7 * 24 * 60 * 60 * 1000;
const INVERSE = [{ offset: 0, length: 1, insert: "" }];

function entry(host: MemoryHost, after: string, path = PATH): JournalEntry {
  return {
    format: 1,
    token: host.randomToken(),
    created: host.now(),
    program: "1.0.0",
    outcome: "edited",
    container: { id: "web", names: [], engine: "none", bundle: "/bundle", operation: "run", runtime: "runc" },
    plugins: [],
    config: { path, before: "original", after, temporary: "", inverse: INVERSE },
  };
}

Deno.test("what was at a path before us is known without the journal", async () => {
  const host = new MemoryHost();
  await keepOriginal(host, entry(host, "after"));
  const found = await findOriginal(host, PATH, "after");
  assert.deepEqual([found?.before, found?.inverse], ["original", INVERSE]);
  assert.equal(await findOriginal(host, PATH, "another text"), undefined);
  assert.equal(await findOriginal(host, "/copy/config.json", "after"), undefined);
});

Deno.test("a bundle's owner cannot have a text taken for ours", async () => {
  const host = new MemoryHost();
  await keepOriginal(host, entry(host, "after"));
  const folder = `${RECORDS}/${await sha256(PATH)}`;
  const forged = JSON.stringify({ format: 1, path: PATH, before: "", inverse: [] });
  host.file(`${folder}/forged.json`, forged, { uid: 1000 });
  await assert.rejects(findOriginal(host, PATH, "forged"), /is not trusted: it belongs to user 1000/);
  host.file(`${folder}/moved.json`, forged.replace(PATH, "/other/config.json"));
  assert.equal(await findOriginal(host, PATH, "moved"), undefined, "a record is of its own path");
});

Deno.test("a record that a power cut has cut short is none, and is written anew", async () => {
  const host = new MemoryHost();
  await keepOriginal(host, entry(host, "after"));
  const file = `${RECORDS}/${await sha256(PATH)}/after.json`;
  host.file(file, "", { mode: 0o600 });
  assert.equal(await findOriginal(host, PATH, "after"), undefined);
  await keepOriginal(host, entry(host, "after"));
  assert.equal((await findOriginal(host, PATH, "after"))?.before, "original");
});

Deno.test("of a bundle that is used again and again, one record is kept", async () => {
  const host = new MemoryHost();
  for (let use = 0; use < 5; use++) {
    await keepOriginal(host, entry(host, `after${use}`));
    if (use > 0) await forgetOriginal(host, PATH, `after${use - 1}`);
  }
  assert.equal(host.readFolder(`${RECORDS}/${await sha256(PATH)}`).length, 1);
  await forgetOriginal(host, PATH, "after4");
  assert.deepEqual(host.readFolder(RECORDS), []);
});

Deno.test("records of bundles that are gone go after a week, those of the others never", async () => {
  const host = new MemoryHost();
  host.file(PATH, "{}");
  await keepOriginal(host, entry(host, "after"));
  await keepOriginal(host, entry(host, "after", "/gone/config.json"));
  sweepOriginals(host);
  assert.deepEqual(pathsOnRecord(host).sort(), [PATH, "/gone/config.json"], "its disk may be away");
  host.time += WEEK + 1;
  sweepOriginals(host);
  assert.deepEqual(pathsOnRecord(host), [PATH]);
});
