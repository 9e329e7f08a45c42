import assert from "node:assert/strict";
import { isNeeded } from "../../../mod/install/old_versions.ts";
import { RECORD } from "../../../mod/install/places.ts";
import { readRecord } from "../../../mod/install/record.ts";
import { readStatus } from "../../../mod/serve/status.ts";
import { cache, cachedBy } from "../../../mod/state/cached.ts";
import { readEntry } from "../../../mod/state/journal.ts";
import { keep, keptBy } from "../../../mod/state/kept.ts";
import { namesStoredBy, store, storedBy } from "../../../mod/state/stored.ts";
import { sweep } from "../../../mod/state/sweep.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/run/container-hooks/journal/t.json";
const NEWER = "/usr/libexec/container-hooks/newer";

/** A host with a journal entry of a format to come, whose hook names a version's program. */
function hostWithNewer(): MemoryHost {
  const host = new MemoryHost();
  host.folder("/proc");
  const entry = { format: 2, plugins: [], called: [{ program: `${NEWER}/container-hooks` }] };
  host.file(PATH, JSON.stringify(entry), { mode: 0o600 });
  return host;
}

Deno.test("an entry that a newer version wrote is refused with what to do", () => {
  assert.throws(
    () => readEntry(hostWithNewer(), PATH),
    /a newer container-hooks has written it, in format 2; install that version again/,
  );
});

Deno.test("a downgrade removed the version that containers on a newer journal name", () => {
  const host = hostWithNewer();
  assert.equal(isNeeded(host, host, NEWER), true);
  assert.equal(isNeeded(host, host, "/usr/libexec/container-hooks/other"), false);
});

Deno.test("a sweep after a downgrade took the entries that living containers' handlers are called by", async () => {
  const host = new MemoryHost();
  host.file("/b/config.json", "{}");
  host.folder("/run/container-hooks/journal/written");
  const entry = (path?: string) => JSON.stringify({ format: 2, config: path && { path }, plugins: [] });
  const at = (name: string) => `/run/container-hooks/journal/${name}.json`;
  host.file(at("lives"), entry("/b/config.json"), { mode: 0o600 });
  host.file(at("unknown"), entry(), { mode: 0o600 });
  host.file(at("gone"), entry("/gone/config.json"), { mode: 0o600 });
  host.time += 25 * 60 * 60_000;
  await sweep(host);
  assert.deepEqual(["lives", "unknown", "gone"].map((name) => host.text(at(name)) !== undefined), [
    true,
    true,
    false,
  ]);
});

Deno.test("what a plugin stores or keeps in a format to come is refused with what to do, and stays", () => {
  const host = new MemoryHost();
  store(host, "p", "a", 1);
  keep(host, "p", "/run/container-hooks", "a", 1);
  for (const folder of ["/var/lib/container-hooks/store", "/run/container-hooks/plugins"]) {
    host.file(`${folder}/.format`, "2\n", { mode: 0o600 });
  }
  const refused =
    /a newer container-hooks has written what plugin p (stores|keeps), \S+, in format 2, .*; install that version again/;
  assert.throws(() => storedBy(host, "p", "a"), refused);
  assert.throws(() => store(host, "p", "a", 2), refused);
  assert.throws(() => namesStoredBy(host, "p"), refused);
  assert.throws(() => keptBy(host, "p", "/run/container-hooks"), refused);
  assert.throws(() => keep(host, "p", "/run/container-hooks", "a", undefined), refused);
  host.remove("/var/lib/container-hooks/store/.format");
  host.remove("/run/container-hooks/plugins/.format");
  assert.equal(storedBy(host, "p", "a"), 1, "the newer version finds all of it");
  assert.deepEqual(keptBy(host, "p", "/run/container-hooks"), { a: 1 });
});

Deno.test("what a plugin caches in a format to come is as nothing: its loss costs time alone", () => {
  const host = new MemoryHost();
  cache(host, "p", "a", 1);
  host.file("/var/lib/container-hooks/cache/.format", "2\n", { mode: 0o600 });
  assert.equal(cachedBy(host, "p", "a"), undefined);
  cache(host, "p", "a", 2);
  host.remove("/var/lib/container-hooks/cache/.format");
  assert.equal(cachedBy(host, "p", "a"), 1);
});

Deno.test("a record of the installation of a format to come is refused, not moved away", () => {
  const host = new MemoryHost();
  host.file(RECORD, '{"format":2}', { mode: 0o600 });
  assert.throws(
    () => readRecord(host),
    /newer .* the record of the installation, .* in format 2, .*; install that/,
  );
});

for (
  const [what, status] of [["to come", '{"pid":1,"answers":{}}'], ["cut short", '{"pid":'], ["null", "null"]]
) {
  Deno.test(`the status of a service that is ${what} is refused with what to do`, () => {
    const host = new MemoryHost();
    host.file("/run/container-hooks/service/now", "9 x\n");
    host.file("/run/container-hooks/service/status", status!, { mode: 0o600 });
    assert.throws(
      () => readStatus(host, "/run/container-hooks/service"),
      /is no status of a service .*; remove it/,
    );
  });
}
