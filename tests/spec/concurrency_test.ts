/** Many creates at once: none is lost, none gets another's hooks. */
import assert from "node:assert/strict";
import { makeBundle, makeRootfs } from "../harness/bundle.ts";
import { recorder } from "../harness/hooks.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";

const CREATES = 200;

specTest(
  `${CREATES} containers at once all start, and each one's hook runs once`,
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
    await makeRootfs(work);
    const run = crypto.randomUUID().slice(0, 8);
    const ids = Array.from({ length: CREATES }, (_, i) => `many-${run}-${i}`);
    const bundles = await Promise.all(ids.map((id) => makeBundle(work, { name: `bundles/${id}` })));
    const ran = await Promise.all(
      ids.map((id, i) => installed.asRuntime(["run", "--bundle", bundles[i]!.path, id], { limit: 300 })),
    );
    const failed = ran.filter(({ status }) => status !== 0);
    assert.deepEqual(failed.map(({ stderr }) => stderr), []);
    assert.deepEqual(calls().map((call) => call.state.id).sort(), [...ids].sort());
  },
);

specTest(
  "two creates of one id at once both reach the runtime, with hooks once and a record each",
  ["root", "runc"],
  async ({ form, work }) => {
    const probe = probeRuntime(work);
    const installed = await install(form, work, {
      runtimes: [probe.path],
      hooks: { prestart: [recorder(work).hook("prestart")] },
    });
    const bundle = await makeBundle(work);
    const create = () => installed.asRuntime(["create", "--bundle", bundle.path, "twice"]);
    const both = await Promise.all([create(), create()]);
    assert.deepEqual(both.map(({ status }) => status), [PROBE_STATUS, PROBE_STATUS]);
    assert.equal(probe.calls().length, 2);
    assert.equal(bundle.spec().hooks?.prestart?.length, 1);
    assert.equal(journalEntries(installed.runFolder).length, 2);
  },
);

specTest(
  "of two creates of one id at once runc refuses one, in its own words",
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
    const bundle = await makeBundle(work, { args: ["sleep", "1000"] });
    const id = `twice-${crypto.randomUUID().slice(0, 8)}`;
    const create = () => installed.asRuntime(["create", "--bundle", bundle.path, id]);
    const both = await Promise.all([create(), create()]);
    const refused = both.filter(({ status }) => status === 1);
    // By itself, too, runc sometimes refuses both.
    assert.ok(refused.length >= 1, "both were created");
    for (const { stderr } of refused) assert.match(stderr, /runc create failed|exists/);
    await installed.asRuntime(["delete", "--force", id]);
    const before = calls().length;
    const again = await installed.asRuntime(["run", "--detach", "--bundle", bundle.path, id]);
    assert.equal(again.status, 0, again.stderr);
    assert.equal(calls().length - before, 1, "a later create of that id is as any other");
    await installed.asRuntime(["delete", "--force", id]);
  },
);

specTest(
  "a second create of a live id leaves the first one's record alone",
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook } = recorder(work);
    const installed = await install(form, work, { hooks: { poststop: [hook("poststop")] } });
    const first = await makeBundle(work, { name: "first", args: ["sleep", "1000"] });
    const second = await makeBundle(work, { name: "second" });
    const id = `live-${crypto.randomUUID().slice(0, 8)}`;
    assert.equal((await installed.asRuntime(["create", "--bundle", first.path, id])).status, 0);
    const [record] = journalEntries(installed.runFolder);
    assert.ok(record, "no journal entry was written");
    assert.equal((await installed.asRuntime(["create", "--bundle", second.path, id])).status, 1);
    assert.ok(journalEntries(installed.runFolder).includes(record), "the first entry has changed");
    await installed.asRuntime(["delete", "--force", id]);
  },
);

function journalEntries(runFolder: string): string[] {
  const folder = `${runFolder}/journal`;
  return Array.from(Deno.readDirSync(folder)).filter((entry) => entry.name.endsWith(".json"))
    .map((entry) => Deno.readTextFileSync(`${folder}/${entry.name}`));
}
