import assert from "node:assert/strict";
import { isNeeded } from "../../../mod/install/old_versions.ts";
import { readEntry } from "../../../mod/state/journal.ts";
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
