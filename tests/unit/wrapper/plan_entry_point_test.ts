import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { failure } from "../../../mod/errors.ts";
import { listEntries } from "../../../mod/state/journal.ts";
import { CHANNEL, LAUNCHER_VERSION, STATUS } from "../../../mod/wrapper/launcher_contract.ts";
import { runPlanEntryPoint } from "../../../mod/wrapper/plan_entry_point.ts";
import { type MemoryHost, PARENT } from "../memory_host.ts";
import { BUNDLE, CONFIG, type Decided, hostFor, ORIGINAL, programOf, RUNTIME } from "../plan/create_host.ts";

const CREATE = ["create", "--bundle", BUNDLE, "web"];
const EDITING: Decided = { plan: () => ({ edits: [setEnv("B", "2")] }) };

/** Why the launcher says that it does not ask the service. */
const WHY = "no service runs";

/** Calls it as a launcher does. @returns the status, and the lines that the launcher reads */
async function plan(
  host: MemoryHost,
  plugins: Record<string, Decided> = {},
  argv = CREATE,
  { version = LAUNCHER_VERSION, parent = PARENT } = {},
): Promise<{ status: number; told: string[] }> {
  const options = [
    `--launcher=${version}`,
    "--runtime",
    RUNTIME,
    "--parent",
    String(parent),
    "--cold",
    WHY,
    "--",
  ];
  const status = await runPlanEntryPoint(host, programOf(plugins), ["plan", ...options, ...argv]);
  return { status, told: (host.written[CHANNEL] ?? "").split("\n").slice(0, -1) };
}

Deno.test("the launcher is told what the program is about at every turn, and how it ended", async () => {
  const host = hostFor(["a"]);
  const { status, told } = await plan(host, { a: EDITING });
  const { token } = listEntries(host)[0]!;
  assert.equal(status, STATUS.edited);
  assert.deepEqual(told, [
    "container web",
    "plugin a",
    "container web",
    `entry ${token}`,
    "end edited",
  ]);
  assert.equal(host.executed, undefined);
});

Deno.test("the journal says why the service did not plan it, of a refusal too", async () => {
  const host = hostFor(["a"]);
  await plan(host, { a: EDITING });
  await plan(host, { a: { plan: () => ({ deny: ["no"] }) } });
  const entries = listEntries(host).map(({ outcome, planned }) => ({ outcome, planned }));
  const planned = { warm: false, why: WHY };
  assert.deepEqual(entries.sort((a, b) => a.outcome < b.outcome ? -1 : 1), [
    { outcome: "edited", planned },
    { outcome: "refused", planned },
  ]);
});

Deno.test("where there was nothing to do the status says so", async () => {
  const host = hostFor(["a"]);
  assert.equal((await plan(host, { a: { plan: () => ({}) } })).status, STATUS.nothing);
});

Deno.test("the launcher is told which words are our own", async () => {
  const host = hostFor([]);
  const { told } = await plan(host, {}, ["--hook-spec", "/h.json", ...CREATE]);
  assert.equal(told.at(-1), "end nothing 0 1");
});

Deno.test("of what makes no container nothing is told but the end", async () => {
  const { status, told } = await plan(hostFor([]), {}, ["start", "web"]);
  assert.deepEqual([status, told], [STATUS.nothing, ["end nothing"]]);
});

Deno.test("a refusal is told to the engine, and the launcher does not start the container", async () => {
  const host = hostFor(["z"]);
  const { status, told } = await plan(host, { z: { gate: true, plan: () => ({ deny: ["not here"] }) } });
  assert.equal(status, STATUS.refused);
  assert.equal(told.at(-1), "end refused");
  assert.ok(!told.some((line) => line.startsWith("entry")), told.join());
  assert.match(host.err, /not here/);
});

Deno.test("a launcher of another version is refused with what to do, before anything is looked at", async () => {
  const host = hostFor(["a"]);
  const { status } = await plan(host, { a: EDITING }, CREATE, { version: LAUNCHER_VERSION + 1 });
  assert.equal(status, STATUS.refused);
  assert.match(host.err, /launcher/);
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("where the launcher is gone before the program begins nothing is planned", async () => {
  const host = hostFor(["a"]);
  const { status } = await plan(host, { a: EDITING }, CREATE, { parent: 12 });
  assert.equal(status, STATUS.refused);
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("what plugins start gets no descriptors of the engine, nor the launcher's", async () => {
  const host = hostFor(["a"]);
  let withheld: boolean | undefined;
  const look = () => {
    withheld = host.withholding;
    return {};
  };
  await plan(host, { a: { plan: look } });
  assert.equal(withheld, true);
});

/** A system on which no signal may be pending gives nobody a timer. */
function withoutTimers(host: MemoryHost): MemoryHost {
  host.killAfter = () => {
    throw failure("timer-missing", {});
  };
  return host;
}

Deno.test("a refusal for want of a timer was shown as a defect, since the end wanted a timer too", async () => {
  const host = withoutTimers(hostFor(["a"]));
  const { status, told } = await plan(host, { a: EDITING });
  assert.deepEqual([status, told.at(-1)], [STATUS.refused, "end refused"]);
  assert.match(host.err, /the system has no timer left/);
});

Deno.test("a call for which no plugin is asked needs no timer", async () => {
  const { status, told } = await plan(withoutTimers(hostFor([])), {}, ["start", "web"]);
  assert.deepEqual([status, told], [STATUS.nothing, ["end nothing"]]);
});
