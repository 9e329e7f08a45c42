import assert from "node:assert/strict";
import { beginCreate, type Create } from "../../../mod/plan/create.ts";
import { readConfigFile } from "../../../mod/plan/config_file.ts";
import { recordRefusal } from "../../../mod/plan/record_entry.ts";
import { writePlan } from "../../../mod/plan/write_plan.ts";
import { failure } from "../../../mod/errors.ts";
import type { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";
import { BUNDLE, CALL, CONFIG, entryOf, hostFor, namesIn, ORIGINAL } from "./create_host.ts";

const EDITS: Parameters<typeof writePlan>[3] = [{ op: "set", path: ["hostname"], value: "web" }];

async function writing(host: MemoryHost, edits = EDITS): Promise<{ create: Create; outcome: string }> {
  const create = beginCreate(host, programWith(), CALL);
  const config = create.config = await readConfigFile(host, CONFIG);
  return { create, outcome: await writePlan(host, create, config, edits) };
}

const LOOKING = new Set<string>(["lstat", "readLink", "realPath", "open", "openFolder", "readFolder"]);

/** The calls that change something, in order. */
function noted(host: MemoryHost): string[] {
  const calls: string[] = [];
  host.fault = (call, path) => {
    if (!LOOKING.has(call)) calls.push(`${call} ${path}`);
  };
  return calls;
}

Deno.test("the journal entry is written before config.json is touched", async () => {
  const host = hostFor([]);
  const calls = noted(host);
  const { create, outcome } = await writing(host);
  assert.equal(outcome, "edited");
  const entry = calls.findIndex((call) => call.includes(`/journal/${create.token}.json`));
  const bundle = calls.findIndex((call) => call.includes(BUNDLE));
  assert.ok(entry >= 0 && entry < bundle, calls.join("\n"));
  assert.ok(
    calls.some((call) => call === `rename ${CONFIG}.container-hooks-${create.token}`),
    calls.join("\n"),
  );
});

Deno.test("the journal entry has what takes the edits back", async () => {
  const host = hostFor([]);
  const { create } = await writing(host);
  const { config } = entryOf(host, create)!;
  assert.notEqual(config.before, config.after);
  assert.notEqual(config.inverse.length, 0);
  assert.equal((await readConfigFile(host, CONFIG)).json.text, ORIGINAL);
});

Deno.test("a plan without edits touches nothing but the journal", async () => {
  const host = hostFor([]);
  const calls = noted(host);
  const { outcome } = await writing(host, []);
  assert.equal(outcome, "unchanged");
  assert.deepEqual(calls.filter((call) => call.includes(BUNDLE)), []);
});

Deno.test("where the start mark cannot be made the container does not start", async () => {
  const host = hostFor([]);
  const create = beginCreate(host, programWith(), CALL);
  const handlers = { stages: ["start"], options: {}, needs: {}, timeout: 1000, onError: "fail" } as const;
  create.records.push({
    name: "a",
    version: "1.0.0",
    selected: true,
    reasons: [],
    edits: [],
    handlers,
  });
  host.fault = (call, path) => {
    if (call === "createNew" && path.includes("/start/")) throw new Error("No space left on device");
  };
  const config = await readConfigFile(host, CONFIG);
  await assert.rejects(writePlan(host, create, config, []), { code: "file-unwritable" });
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("a refusal takes back the entry of what was to be done, and is recorded once", async () => {
  const host = hostFor([]);
  const { create } = await writing(host);
  await recordRefusal(host, create, failure("parent-gone", {}));
  const { outcome, failure: why } = entryOf(host, create)!;
  assert.equal(outcome, "refused");
  assert.deepEqual(namesIn(host, "/run/container-hooks/journal/written"), []);
  await recordRefusal(host, create, failure("denied", { plugin: "a", reasons: ["b"] }));
  assert.equal(entryOf(host, create)!.failure, why);
});

Deno.test("a refusal that cannot be recorded is logged, and hides nothing", async () => {
  const host = hostFor([]);
  const create = beginCreate(host, programWith(), CALL);
  const logged: string[] = [];
  create.log = (level, message) => logged.push(`${level} ${message}`);
  host.fault = (call) => {
    if (call === "createNew") throw new Error("No space left on device");
  };
  await recordRefusal(host, create, failure("parent-gone", {}));
  assert.match(logged.join(), /^warn .*no space left on device/);
});
