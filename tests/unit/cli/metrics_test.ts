import assert from "node:assert/strict";
import { metrics } from "../../../mod/cli/metrics/metrics.ts";
import { listEntries } from "../../../mod/state/journal.ts";
import { sweep } from "../../../mod/state/sweep.ts";
import type { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";
import { printingHost, record, type Recorded } from "./records.ts";

const ASKED = { name: "p", version: "1", selected: true, reasons: [], edits: [] };
const CREATES: Recorded[] = [
  { planned: { warm: true }, steps: [["index", 1], ["merge", 4]], plugins: [ASKED] },
  {
    planned: { warm: false, why: "no" },
    steps: [["program", -60], ["merge", 20]],
    plugins: [{ ...ASKED, failed: true }],
  },
  {
    outcome: "refused",
    failure: "no",
    refusedBy: { rule: "denied", plugin: 'z"\\' },
    steps: [["index", 1]],
    plugins: [{ ...ASKED, deny: ["no"] }],
  },
  {
    outcome: "bypassed",
    events: [{ event: "ended", stage: "poststop", plugin: "p", result: "failed", took: 1 }],
  },
];

async function hostWithCreates(): Promise<MemoryHost & { printed(): string }> {
  const host = printingHost();
  for (const create of CREATES) await record(host, create);
  host.file(
    "/run/container-hooks/past-the-program",
    "2023-11-14T22:13:18Z refused web container-hooks was killed\n",
    { mode: 0o600 },
  );
  return host;
}

function counted(host: MemoryHost & { printed(): string }): Record<string, number> {
  const before = host.printed().length;
  metrics.call(inContext(host), { json: true });
  return JSON.parse(host.printed().slice(before));
}

Deno.test("creates are counted by result and by who planned them, plugins, denials and handlers too", async () => {
  const host = await hostWithCreates();
  metrics.call(inContext(host), { json: false });
  const text = host.printed();
  const lines = [
    'creates_total{result="edited",engine="none",planned_by="service"} 1',
    'creates_total{result="edited",engine="none",planned_by="program"} 1',
    'creates_total{result="refused",engine="none",planned_by="program"} 1',
    'creates_total{result="refused",engine="unknown",planned_by="nobody"} 1',
    'creates_total{result="bypassed",engine="none",planned_by="nobody"} 1',
    'refusals_total{rule="denied",plugin="z\\"\\\\"} 1',
    'denials_total{plugin="p"} 1',
    'plugin_asked_total{plugin="p"} 3',
    'plugin_failed_total{plugin="p"} 1',
    'handlers_total{plugin="p",stage="poststop",result="failed"} 1',
    'create_seconds_bucket{planned_by="service",le="0.0025"} 0',
    'create_seconds_bucket{planned_by="service",le="0.005"} 1',
    'create_seconds_bucket{planned_by="program",le="0.05"} 1',
    'create_seconds_bucket{planned_by="program",le="0.1"} 2',
    'create_seconds_bucket{planned_by="program",le="+Inf"} 2',
    "bypass 0",
  ];
  assert.deepEqual(lines.filter((line) => !text.includes(`\ncontainer_hooks_${line}\n`)), []);
  // As the format has it: each line is a comment or a series, and each series stands behind its type.
  assert.match(
    text,
    /^(# (HELP|TYPE) container_hooks_\w+ .*\n|container_hooks_\w+(\{[^\n]*\})? [\d.e-]+\n)+$/,
  );
});

Deno.test("no count goes down when a sweep takes entries away, and none counts twice", async () => {
  const host = await hostWithCreates();
  const before = counted(host);
  host.time += 25 * 60 * 60_000;
  await sweep(host);
  assert.deepEqual(listEntries(host), []);
  assert.deepEqual(counted(host), before);
  await record(host, CREATES[0]!);
  const series = 'container_hooks_creates_total{result="edited",engine="none",planned_by="service"}';
  assert.equal(counted(host)[series], 2);
});

Deno.test("entries that a kill has left behind, once they were counted, do not count twice", async () => {
  const host = await hostWithCreates();
  const before = counted(host);
  host.time += 25 * 60 * 60_000;
  host.fault = (call, path) => {
    if (call === "remove" && path.includes("/journal/")) throw new Error("killed");
  };
  await sweep(host).catch(() => {});
  host.fault = () => {};
  assert.ok(listEntries(host).length > 0);
  assert.deepEqual(counted(host), before);
  await sweep(host);
  assert.deepEqual(counted(host), before);
});

Deno.test("the textfile is written as a whole, for another user to read, and nothing else is replaced", async () => {
  const host = await hostWithCreates();
  host.folder("/textfiles");
  const write = (output: string) => metrics.call(inContext(host), { json: false, output });
  write("/textfiles/hooks.prom");
  assert.match(host.text("/textfiles/hooks.prom")!, /^# HELP/);
  assert.equal(host.lstat("/textfiles/hooks.prom")!.mode, 0o644);
  assert.deepEqual(host.readFolder("/textfiles").map(({ name }) => name), ["hooks.prom"]);
  host.symlink("/textfiles/link.prom", "/etc/passwd");
  assert.throws(() => write("/textfiles/link.prom"), { message: /textfile \S+ is a symbolic link/ });
  assert.throws(() => write("/nowhere/hooks.prom"), {
    message: /cannot be written: its folder does not exist/,
  });
});

Deno.test("totals that are damaged begin anew", async () => {
  const host = await hostWithCreates();
  for (const text of ["", "{", "[]", '{"counts":1}']) {
    host.file("/run/container-hooks/totals.json", text, { mode: 0o600 });
    assert.ok(Object.keys(counted(host)).length > 10, text);
  }
});
