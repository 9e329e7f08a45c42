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

Deno.test("a bigint comes back as one, and a number as a number", () => {
  const host = new MemoryHost();
  const value = { infinity: 2n ** 64n - 1n, one: 1n, number: 1, $bigint: "of somebody else" };
  keep(host, "p", RUN, "one", value);
  assert.deepEqual(keptBy(host, "p", RUN), { one: value });
});

Deno.test("what could never be read back was kept: a value above the limit, a date that became a text", () => {
  const host = new MemoryHost();
  const wrong = keep as (...words: unknown[]) => void;
  for (
    const [value, says] of [
      ["x".repeat(2 * 1024 * 1024), /one is larger than 1 MiB/],
      ["\u20ac".repeat(500_000), /one is larger than 1 MiB as JSON/],
      [{ since: new Date(0) }, /one\.since must be a plain object/],
      [() => {}, /one must be data, not a function/],
    ] as const
  ) {
    assert.throws(() => wrong(host, "p", RUN, "one", value), says);
  }
  assert.deepEqual(keptBy(host, "p", RUN), {});
});

Deno.test("a plugin that kept value after value filled the run folder, which stopped every create", () => {
  const host = new MemoryHost();
  const value = "x".repeat(1_000_000);
  const all = Array.from({ length: 33 }, (_, index) => `v${index}`);
  for (const name of all) keep(host, "p", RUN, name, value);
  assert.throws(
    () => keep(host, "p", RUN, "more", value),
    /it keeps more than 32 MiB; remove what is not needed/,
  );
  assert.deepEqual(Object.keys(keptBy(host, "p", RUN)).sort(), all.toSorted());
  // In place of one that is there, after one was removed, and by another plugin.
  keep(host, "p", RUN, "v0", value);
  keep(host, "p", RUN, "v0", undefined);
  keep(host, "p", RUN, "more", value);
  keep(host, "q", RUN, "more", value);
});

Deno.test("a plugin keeps up to 10,000 values", () => {
  const host = new MemoryHost();
  const folder = `${RUN}/plugins/p`;
  for (let index = 0; index < 10_000; index++) host.file(`${folder}/v${index}.json`, "1", { mode: 0o600 });
  assert.throws(
    () => keep(host, "p", RUN, "more", 1),
    /it keeps 10000 values, and 10000 is the limit; remove/,
  );
  keep(host, "p", RUN, "v7", 2);
});

Deno.test("a name that is one text when it is checked and another when it is used is no name", () => {
  const texts = ["one", "../../x"];
  const name = { toString: () => texts.shift() };
  assert.throws(
    () => keep(new MemoryHost(), "p", RUN, name as never, 1),
    /something of type object is no name for a value/,
  );
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
