/** Many creates at once: none is lost, none gets another's hooks. */
import assert from "node:assert/strict";
import { makeBundle, makeRootfs } from "../harness/bundle.ts";
import { recorder } from "../harness/hooks.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";

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
  "of two creates of one id at once one wins, and config.json stays whole",
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, {
      hooks: { prestart: [hook("prestart")], poststop: [hook("poststop")] },
    });
    const bundle = await makeBundle(work, { args: ["sleep", "1000"] });
    const id = `twice-${crypto.randomUUID().slice(0, 8)}`;
    const create = () => installed.asRuntime(["create", "--bundle", bundle.path, id]);
    const both = await Promise.all([create(), create()]);
    assert.deepEqual(
      both.map(({ status }) => status).sort(),
      [0, 1],
      both.map(({ stderr }) => stderr).join(""),
    );
    assert.match(both.find(({ status }) => status === 1)!.stderr, /exist/);
    assert.equal(bundle.spec().hooks?.prestart?.length, 1);
    assert.equal(calls().length, 1);
    assert.equal((await installed.asRuntime(["delete", "--force", id])).status, 0);
    assert.deepEqual(calls().map((call) => call.args), [["prestart"], ["poststop"]]);
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
