/** /run as a tmpfs of mode 1777, its default: in containers that run engines, and by a hand that mounted it. */
import assert from "node:assert/strict";
import { checkFolder, checkProgram, readTrusted } from "../../../mod/host/files.ts";
import { makePrivateFolder } from "../../../mod/host/our_folders.ts";
import { readBypass, switchBypassOn } from "../../../mod/state/bypass.ts";
import { type JournalEntry, listEntries, writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

const ENTRY: JournalEntry = {
  format: 1,
  token: "0".repeat(32),
  created: 1,
  program: "1.0.0",
  outcome: "unchanged",
  container: { id: "web", names: [], engine: "none", bundle: "/b", operation: "create", runtime: "runc" },
  plugins: [],
  config: { path: "/b/config.json", before: "a", after: "a", temporary: "", inverse: [] },
};

function withStickyRun(): MemoryHost {
  const host = new MemoryHost();
  host.folder("/run", { mode: 0o1777 });
  return host;
}

const read = (host: MemoryHost, path: string) => readTrusted(host, path, "it", 1024);

Deno.test("where /run is everybody's and sticky, an entry was written and not believed", async () => {
  const host = withStickyRun();
  await writeEntry(host, ENTRY);
  assert.deepEqual(listEntries(host).map(({ container }) => container.id), ["web"]);
});

Deno.test("where /run is everybody's and sticky, the bypass was switched on and not believed", () => {
  const host = withStickyRun();
  assert.equal(switchBypassOn(host).path, "/run/container-hooks/bypass");
  assert.equal(readBypass(host)?.path, "/run/container-hooks/bypass");
});

Deno.test("a folder of another user's in such a /run is refused when it is made and when it is read", () => {
  const host = withStickyRun();
  host.folder("/run/container-hooks", { uid: 1000, mode: 0o755 });
  host.file("/run/container-hooks/file", "", { mode: 0o600 });
  assert.throws(() => makePrivateFolder(host, "/run/container-hooks/journal"), /belongs to user 1000/);
  assert.throws(() => read(host, "/run/container-hooks/file"), /belongs to user 1000|mode 1777/);
});

Deno.test("a file or a link that lies in a sticky folder itself may be a second name, and is refused", () => {
  const host = withStickyRun();
  host.file("/run/file", "", { mode: 0o755 });
  assert.throws(() => read(host, "/run/file"), /\/run can be written by others than root/);
  assert.throws(() => checkProgram(host, "/run/file", "it"), /\/run can be written by others than root/);
  host.file("/srv/file", "", { mode: 0o755 });
  host.symlink("/run/link", "/srv");
  for (const path of ["/run/link/file"]) {
    assert.throws(() => read(host, path), /\/run can be written by others than root/);
    assert.throws(() => checkProgram(host, path, "it"), /\/run can be written by others than root/);
  }
  assert.throws(() => checkFolder(host, "/run", "it"), /can be written by others than root/);
});

Deno.test("what lies in a folder of root's in a sticky one is believed, and through a link too", () => {
  const host = withStickyRun();
  host.file("/run/own/file", "", { mode: 0o755 });
  host.symlink("/var/run", "/run");
  for (const path of ["/run/own/file", "/var/run/own/file", "/run/../run/own/file"]) {
    read(host, path);
    assert.equal(checkProgram(host, path, "it"), "/run/own/file");
  }
});

Deno.test("a folder that everybody may write and that is not sticky, or not root's, is not passed", () => {
  for (const attributes of [{ mode: 0o777 }, { mode: 0o1777, uid: 1000 }]) {
    const host = withStickyRun();
    host.file("/run/own/file", "", { mode: 0o755 });
    host.folder("/run", attributes);
    assert.throws(() => read(host, "/run/own/file"), /is not trusted: \/run/);
    assert.throws(() => checkProgram(host, "/run/own/file", "it"), /is not trusted: \/run/);
  }
});

Deno.test("in a user namespace the uid that stands for anybody is nobody's to trust in a sticky folder", () => {
  const host = withStickyRun();
  host.namespaced = true;
  host.file("/run/own/file", "", { uid: 65534 });
  host.folder("/run/own", { uid: 65534 });
  host.folder("/run", { uid: 65534, mode: 0o1777 });
  assert.throws(() => read(host, "/run/own/file"), /\/run can be written by others than root/);
  host.folder("/run/own", { uid: 0 });
  read(host, "/run/own/file");
});
