import assert from "node:assert/strict";
import { keepCode, keptCodePath } from "../../../mod/state/handler_code.ts";
import { type JournalEntry, writeEntry } from "../../../mod/state/journal.ts";
import { sweep } from "../../../mod/state/sweep.ts";
import { MemoryHost } from "../memory_host.ts";

const HASH = "a".repeat(64);
const CACHED = `/var/lib/container-hooks/plugins/${HASH}`;
const KEPT = `/run/container-hooks/code/${HASH}`;
const DAY = 24 * 60 * 60 * 1000;

function hostWithCache(): MemoryHost {
  const host = new MemoryHost();
  host.file("/bundle/config.json", "{}");
  host.file(`${CACHED}/load.js`, "load", { mode: 0o600 });
  host.file(`${CACHED}/source/plugin.js`, "code", { mode: 0o600 });
  return host;
}

/** Of a container whose handlers are called with the code; it lives as long as its bundle is there. */
function entry(host: MemoryHost, bundle = "/bundle"): JournalEntry {
  const code = { folder: keptCodePath(host, CACHED), root: "/etc/plugins", entry: "plugin.ts" };
  const handlers = {
    stages: ["poststop"],
    code,
    options: {},
    needs: {},
    timeout: 1000,
    onError: "fail",
  } as const;
  return {
    format: 1,
    token: host.randomToken(),
    created: host.now(),
    program: "1.0.0",
    outcome: "edited",
    container: { id: "web", names: [], engine: "none", bundle, operation: "create", runtime: "runc" },
    plugins: [{
      name: "own",
      version: "1.0.0",
      selected: true,
      reasons: [],
      edits: [],
      handlers: handlers,
    }],
    config: { path: `${bundle}/config.json`, before: "a", after: "b", temporary: "", inverse: [] },
  };
}

function namesIn(host: MemoryHost): string[] {
  return host.readFolder("/run/container-hooks/code").map(({ name }) => name);
}

Deno.test("what handlers are called with went away with the plugin cache", () => {
  const host = hostWithCache();
  keepCode(host, CACHED);
  for (const path of [`${CACHED}/load.js`, `${CACHED}/source/plugin.js`]) host.remove(path);
  assert.equal(host.text(`${KEPT}/load.js`), "load");
  assert.equal(host.text(`${KEPT}/source/plugin.js`), "code");
  assert.deepEqual(namesIn(host), [HASH], "nothing half-made is left");
});

Deno.test("code that a living container's entry names stays, and goes when none does", async () => {
  const host = hostWithCache();
  await writeEntry(host, entry(host));
  keepCode(host, CACHED);
  await sweep(host);
  assert.deepEqual(namesIn(host), [HASH]);
  host.remove("/bundle/config.json");
  host.time += 2 * DAY;
  await sweep(host);
  assert.deepEqual(namesIn(host), []);
});

Deno.test("code that is named by an entry written while it is swept is put back", async () => {
  const host = hostWithCache();
  keepCode(host, CACHED);
  await writeEntry(host, { ...entry(host), plugins: [] });
  let late: Promise<unknown> | undefined;
  host.fault = (call, path) => {
    if (call !== "rename" || !path.startsWith(KEPT) || late) return;
    host.fault = () => {};
    late = writeEntry(host, entry(host));
  };
  await sweep(host);
  await late;
  assert.deepEqual(namesIn(host), [HASH]);
  assert.equal(host.text(`${KEPT}/load.js`), "load");
});

Deno.test("code that a sweep which was killed had taken aside is put back where an entry names it", async () => {
  const host = hostWithCache();
  await writeEntry(host, entry(host));
  keepCode(host, CACHED);
  host.rename(KEPT, `/run/container-hooks/code/.old-${"1".repeat(32)}.${HASH}`);
  await sweep(host);
  assert.deepEqual(namesIn(host), [HASH]);
});

Deno.test("what a kill left half-copied goes, and what another create is copying stays", async () => {
  const host = hostWithCache();
  await writeEntry(host, { ...entry(host), plugins: [] });
  host.file("/run/container-hooks/code/.new-1/load.js", "lo");
  await sweep(host);
  assert.deepEqual(namesIn(host), [".new-1"]);
  host.time += DAY;
  await sweep(host);
  assert.deepEqual(namesIn(host), []);
});

Deno.test("where the code cannot be kept, the sentence says where", () => {
  const host = hostWithCache();
  host.fault = (call, path) => {
    if (call === "write" && path.includes("/code/")) throw new Deno.errors.WriteZero("No space left");
  };
  assert.throws(
    () => keepCode(host, CACHED),
    /code of handlers .*\/run\/container-hooks\/code.* cannot be written/,
  );
  host.fault = () => {};
  assert.deepEqual(namesIn(host), []);
});
