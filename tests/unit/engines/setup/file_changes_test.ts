import assert from "node:assert/strict";
import { FileChanges } from "../../../../mod/engines/setup/file_changes.ts";
import { MemoryHost } from "../../memory_host.ts";

const FILE = "/etc/docker/daemon.json";
const bytes = (text: string) => new TextEncoder().encode(text);

function names(host: MemoryHost): string[] {
  return host.readFolder("/etc/docker").map(({ name }) => name);
}

Deno.test("what an engine refuses is taken back on a disk that has become full", () => {
  const host = new MemoryHost();
  host.file(FILE, "old", { mode: 0o640 });
  const changes = new FileChanges(host, [{ file: FILE, before: bytes("old"), after: bytes("new") }]);
  changes.stage();
  changes.commit();
  assert.equal(host.text(FILE), "new");
  host.fault = (call) => {
    if (call === "createNew" || call === "write") throw new Error("No space left on device (os error 28)");
  };
  assert.equal(changes.takeBack(), true);
  changes.discard();
  assert.deepEqual([host.text(FILE), host.lstat(FILE)?.mode, names(host)], ["old", 0o640, ["daemon.json"]]);
});

Deno.test("a change that stays leaves no second name of the old file", () => {
  const host = new MemoryHost();
  host.file(FILE, "old");
  const changes = new FileChanges(host, [{ file: FILE, before: bytes("old"), after: bytes("new") }]);
  changes.stage();
  changes.commit();
  changes.settle();
  assert.deepEqual([host.text(FILE), names(host)], ["new", ["daemon.json"]]);
});

Deno.test("where there are no second names, taking back writes the old text anew", () => {
  const host = new MemoryHost();
  host.file(FILE, "old");
  host.fault = (call) => {
    if (call === "link") throw new Error("Operation not permitted (os error 1)");
  };
  const changes = new FileChanges(host, [{ file: FILE, before: bytes("old"), after: bytes("new") }]);
  changes.stage();
  changes.commit();
  changes.takeBack();
  assert.deepEqual([host.text(FILE), names(host)], ["old", ["daemon.json"]]);
});
