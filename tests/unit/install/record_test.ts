import assert from "node:assert/strict";
import { RECORD, temporaryOf } from "../../../mod/install/places.ts";
import {
  allItems,
  type InstalledItem,
  type InstallRecord,
  readRecord,
  writeRecord,
} from "../../../mod/install/record.ts";
import { MemoryHost } from "../memory_host.ts";

const folder = (path: string): InstalledItem => ({ kind: "folder", path, mode: 0o755 });
const record = (items: InstalledItem[]): InstallRecord => ({
  format: 1,
  state: "whole",
  version: "1.0.0",
  program: "/p",
  items,
});

function hostWithFolder(): MemoryHost {
  const host = new MemoryHost();
  host.folder("/var/lib/container-hooks", { mode: 0o700 });
  return host;
}

Deno.test("what was written is read, also over what a kill has left", () => {
  const host = hostWithFolder();
  host.file(temporaryOf(RECORD), "cut sho");
  const written = record([folder("/etc/container-hooks")]);
  writeRecord(host, written);
  assert.deepEqual(readRecord(host), written);
  assert.equal(host.lstat(RECORD)?.mode, 0o600);
});

Deno.test("without a record nothing is installed", () => {
  assert.equal(readRecord(new MemoryHost()), undefined);
});

const BAD: Record<string, (host: MemoryHost) => void> = {
  "that another user may write": (host) => host.file(RECORD, JSON.stringify(record([])), { mode: 0o666 }),
  "of another format": (host) => host.file(RECORD, JSON.stringify({ ...record([]), format: 2 })),
  "with a path that climbs": (host) => host.file(RECORD, JSON.stringify(record([folder("/usr/../etc")]))),
  "with a relative path": (host) => host.file(RECORD, JSON.stringify(record([folder("etc")]))),
  "with the root": (host) => host.file(RECORD, JSON.stringify(record([folder("/")]))),
  "that is cut short": (host) => host.file(RECORD, '{"format":1,'),
};

for (const [what, put] of Object.entries(BAD)) {
  Deno.test(`a record ${what} is refused: files are removed by it`, () => {
    const host = hostWithFolder();
    put(host);
    assert.throws(() => readRecord(host), /install\.json/);
  });
}

Deno.test("of items that are equal one counts, of a path in two versions both", () => {
  const file = (sha256: string): InstalledItem => ({ kind: "file", path: "/f", mode: 0o644, sha256 });
  assert.deepEqual(allItems([file("a"), file("b")], [file("b"), file("c")]), [
    file("a"),
    file("b"),
    file("c"),
  ]);
});
