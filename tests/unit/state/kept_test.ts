import assert from "node:assert/strict";
import { alone, keep, keptBy } from "../../../mod/state/kept.ts";
import { MemoryHost } from "../memory_host.ts";

const RUN = "/run/container-hooks";

Deno.test("what is kept is there for later, by name, until it is removed", () => {
  const host = new MemoryHost();
  assert.deepEqual(keptBy(host, "p", RUN), {});
  keep(host, "p", RUN, "one", { a: [1] });
  keep(host, "p", RUN, "two", 2);
  keep(host, "p", RUN, "one", "new");
  assert.deepEqual(keptBy(host, "p", RUN), { one: "new", two: 2 });
  assert.deepEqual(keptBy(host, "q", RUN), {});
  keep(host, "p", RUN, "one", undefined);
  assert.deepEqual(keptBy(host, "p", RUN), { two: 2 });
});

Deno.test("root alone can read it", () => {
  const host = new MemoryHost();
  keep(host, "p", RUN, "one", 1);
  assert.equal(host.lstat(`${RUN}/plugins/p/one.json`)?.mode, 0o600);
  assert.equal(host.lstat(`${RUN}/plugins/p`)?.mode, 0o700);
});

Deno.test("a name is never a way out of the plugin's folder", () => {
  for (const name of ["", "..", "a/b", "a b", "a.json", "x".repeat(101)]) {
    assert.throws(() => keep(new MemoryHost(), "p", RUN, name, 1), /is no name for a value/, name);
  }
});

Deno.test("what another user could have written is not believed", () => {
  const host = new MemoryHost();
  host.file(`${RUN}/plugins/p/one.json`, "1", { uid: 1000 });
  assert.throws(() => keptBy(host, "p", RUN), /is not trusted/);
});

Deno.test("who may not read it is told to be root, not that there is a defect", async () => {
  const host = new MemoryHost();
  keep(host, "p", RUN, "one", 1);
  host.folder(`${RUN}/plugins`, { mode: 0o700 });
  host.user = 1000;
  const told = /^Failure: what plugin . keeps is for root alone; run it as root$/;
  assert.throws(() => keptBy(host, "p", RUN), told);
  await assert.rejects(alone(host, "p", RUN, () => Promise.resolve()), told);
  await assert.rejects(alone(host, "q", RUN, () => Promise.resolve()), told);
});

Deno.test("a value that is damaged is told by its file, and does not hide the others where somebody listens", () => {
  const host = new MemoryHost();
  keep(host, "p", RUN, "whole", 1);
  host.file(`${RUN}/plugins/p/cut.json`, '{"a":', { mode: 0o600 });
  assert.throws(
    () => keptBy(host, "p", RUN),
    /\/p\/cut\.json, which plugin p keeps, is damaged: .*; move it away/,
  );
  const told: string[] = [];
  assert.deepEqual(keptBy(host, "p", RUN, ({ what }) => told.push(what)), { whole: 1 });
  assert.equal(told.length, 1);
});
