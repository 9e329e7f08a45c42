/**
 * What has been counted since the host started: the journal itself is counted when somebody asks, and what a sweep takes
 * out of it is added to a file before. So a create pays nothing, and no count ever goes down.
 *
 *     RUN/totals.json
 *
 * Counts are kept by the name and labels of a series, as Prometheus writes them.
 */
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { type LifeEvent, readEvents } from "./events.ts";
import type { JournalEntry } from "./journal.ts";
import type { PastCreate } from "./past_the_program.ts";

/** Counts by their series. */
export type Counts = Record<string, number>;

interface Totals {
  counts: Counts;
  /** Tokens of the entries that were added last: those of them that are still there count once. */
  added: string[];
}

const NONE: Totals = { counts: {}, added: [] };
const WHAT = "totals";
const LIMIT = 16 * 1024 * 1024;

/** Upper bounds of the histogram of creates, in seconds. */
export const BOUNDS = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
] as const;

function pathOf(host: Host): string {
  return `${runFolder(host)}/totals.json`;
}

function readTotals(host: Host): Totals {
  try {
    const totals = JSON.parse(
      new TextDecoder().decode(readTrusted(host, pathOf(host), WHAT, LIMIT).bytes),
    ) as Totals;
    return Array.isArray(totals.added) && typeof totals.counts === "object" ? totals : NONE;
  } catch {
    return NONE;
  }
}

/** Counts all: what was added before, and what is on record. */
export function countAll(
  host: Host,
  records: readonly { entry: JournalEntry; events: readonly LifeEvent[] }[],
  past: readonly PastCreate[],
): Counts {
  const { counts, added } = readTotals(host);
  const total = { ...counts };
  const seen = new Set(added);
  for (const { entry, events } of records) {
    if (!seen.has(entry.token)) addTo(total, countsOf(entry, events));
  }
  for (const create of past) addTo(total, countsOfPast(create));
  return total;
}

/** Adds what a sweep is about to take away; never throws. */
export function addToTotals(
  host: Host,
  entries: readonly JournalEntry[],
  past: readonly PastCreate[] = [],
): void {
  if (entries.length === 0 && past.length === 0) return;
  try {
    const { counts, added } = readTotals(host);
    const run = runFolder(host);
    const seen = new Set(added);
    for (const entry of entries) {
      if (!seen.has(entry.token)) addTo(counts, countsOf(entry, readEvents(host, run, entry.token)));
    }
    for (const create of past) addTo(counts, countsOfPast(create));
    const totals: Totals = { counts, added: entries.length > 0 ? entries.map(({ token }) => token) : added };
    makePrivateFolder(host, run);
    replaceFile(host, pathOf(host), WHAT, new TextEncoder().encode(JSON.stringify(totals)), {
      temporary: `${pathOf(host)}.${host.randomToken()}`,
      mode: 0o600,
      durable: false,
    });
  } catch {
    // The sweep goes on: a run folder that is full needs it more than a count.
  }
}

function addTo(total: Counts, more: Counts): void {
  for (const [series, count] of Object.entries(more)) total[series] = (total[series] ?? 0) + count;
}

function countsOfPast({ outcome }: PastCreate): Counts {
  return { [series("creates_total", { result: outcome, engine: "unknown", planned_by: "nobody" })]: 1 };
}

/** What one create adds. */
function countsOf(entry: JournalEntry, events: readonly LifeEvent[]): Counts {
  const counts: Counts = {};
  const count = (name: string, labels: Record<string, string>) =>
    addTo(counts, { [series(name, labels)]: 1 });
  const { outcome, container: { engine }, planned, plugins, refusedBy } = entry;
  const by = outcome === "bypassed" ? "nobody" : planned?.warm ? "service" : "program";
  count("creates_total", { result: outcome, engine, planned_by: by });
  if (refusedBy) count("refusals_total", { rule: refusedBy.rule, plugin: refusedBy.plugin ?? "" });
  for (const { name, selected, failed, deny } of plugins) {
    if (selected) count("plugin_asked_total", { plugin: name });
    if (failed) count("plugin_failed_total", { plugin: name });
    if (deny) count("denials_total", { plugin: name });
  }
  for (const event of events) {
    if (event.event !== "ended") continue;
    count("handlers_total", { plugin: event.plugin, stage: event.stage, result: event.result });
  }
  addTo(counts, countsOfTime(entry, events, by));
  return counts;
}

/** The histogram of how long planning took, the start of the program with it. */
function countsOfTime(
  { steps = [], outcome }: JournalEntry,
  events: readonly LifeEvent[],
  planned_by: string,
): Counts {
  const more = events.find((event) => event.event === "planned");
  const [last] = (more?.event === "planned" ? more.steps : []).slice(-1).concat(steps.slice(-1));
  if (!last || outcome === "bypassed") return {};
  const began = steps[0]![0] === "program" ? steps[0]![1] : 0;
  const seconds = (last[1] - began) / 1000;
  const labels = { planned_by };
  const bucket = (le: number | string) => series("create_seconds_bucket", { ...labels, le: String(le) });
  return {
    ...Object.fromEntries(BOUNDS.map((bound) => [bucket(bound), seconds <= bound ? 1 : 0])),
    [bucket("+Inf")]: 1,
    [series("create_seconds_sum", labels)]: seconds,
    [series("create_seconds_count", labels)]: 1,
  };
}

/** Writes a series as Prometheus does. */
function series(name: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `container_hooks_${name}{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
