import assert from "node:assert/strict";
import { annotation, type Edit, mount, setEnv } from "container-hooks/plugin";
import { explain } from "../../../mod/cli/explain/explain.ts";
import { type JournalEntry, type PluginRecord, writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

const INFINITY = 2n ** 64n - 1n;

/** What `explain web` prints of a container whose plugin decided this. */
async function explained(plugin: Partial<PluginRecord>, flags: { json?: boolean; values?: boolean } = {}) {
  const host = new MemoryHost();
  const entry: JournalEntry = {
    format: 1,
    token: "0".repeat(32),
    created: 1,
    program: "1.0.0",
    outcome: "edited",
    container: { id: "web", names: [], engine: "none", bundle: "/b", operation: "create", runtime: "runc" },
    plugins: [{ name: "p", version: "1.0.0", selected: true, reasons: [], edits: [], ...plugin }],
    config: { path: "/b/config.json", before: "a", after: "b", temporary: "", inverse: [] },
  };
  await writeEntry(host, entry);
  let text = "";
  host.stdout = (more: string) => void (text += more);
  await explain.call(
    inContext(host),
    { json: false, values: false, failed: false, quiet: false, limit: 50, ...flags },
    "web",
  );
  return text;
}

Deno.test("explain shows each edit as its kind describes it, tags aligned", async () => {
  const edits = [setEnv("A", "1"), annotation("k", "v"), mount({ destination: "/x", source: "/a" })];
  const text = await explained({ edits }, { values: true });
  assert.match(text, /^ {2}env {9}A=1\n {2}annotation {2}k=v\n {2}mount {7}\/a on \/x \(\)$/m);
  assert.match(await explained({ edits }), /^ {2}env {9}A=\(hidden; --values shows it\)$/m);
});

Deno.test("explain --json shows a number of 64 bits with all of its digits", async () => {
  const mappings = [{ containerID: 0, hostID: 0, size: 4294967295n }];
  const edits = [mount({ destination: "/x", uidMappings: mappings })];
  const text = await explained({ edits, carry: { limit: INFINITY } }, { json: true });
  assert.match(text, /"limit": 18446744073709551615\n/);
  assert.match(text, /"size": 4294967295\n/);
});

Deno.test("an edit of a kind that this version does not know is shown as its data, and hidden where secrets are", async () => {
  const edits = [{ edit: "of-later", type: "SECRET", hard: INFINITY } as unknown as Edit];
  assert.match(
    await explained({ edits }, { values: true }),
    /^ {2}of-later {4}\{"edit":"of-later","type":"SECRET","hard":18446744073709551615\}$/m,
  );
  const hidden = await explained({ edits });
  assert.match(hidden, /^ {2}of-later {4}\{.*hidden.*\}$/m);
  assert.doesNotMatch(hidden, /SECRET/);
});
