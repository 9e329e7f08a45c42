/** Printing what is known of the service, beside what it was not asked about. */
import type { Host } from "../../host/host.ts";
import type { ServiceStatus } from "../../serve/status.ts";
import type { PlannedCounts } from "../../state/planned.ts";
import { type Cell, formatTime, printPairs, printTable } from "../kit/output.ts";

const RED = 31, YELLOW = 33;

/**
 * Prints it.
 *
 * @param plans Of the process that plans.
 * @param handlers Of the one that calls handlers.
 * @param record Of the creates on record.
 */
export async function printStatus(
  host: Host,
  plans: ServiceStatus | undefined,
  handlers: ServiceStatus | undefined,
  record: PlannedCounts,
): Promise<void> {
  if (!plans) host.stdout("no service runs: each create starts the program\n");
  if (plans || handlers) await printProcesses(host, plans, handlers);
  if (plans && !handlers) {
    host.stdout("no handlers are served: no plugin has any, or a hook starts the program\n");
  }
  await printProblems(host, plans);
  await printCold(host, plans, handlers, record);
}

async function printProcesses(host: Host, plans?: ServiceStatus, handlers?: ServiceStatus): Promise<void> {
  const both = [plans, handlers].filter((status) => status !== undefined);
  const row = (name: string, of: (status: ServiceStatus) => string) => [name, ...both.map(of)];
  await printTable(host, ["", ...plans ? ["plans"] : [], ...handlers ? ["handlers"] : []], [
    row("pid", ({ pid }) => String(pid)),
    row("version", ({ version }) => version),
    row("since", ({ since }) => formatTime(since)),
    row("done", ({ warm }) => String(warm)),
    row("refused or failed", ({ refused }) => String(refused)),
    row("sent away", ({ cold }) => String(sum(cold))),
    row("median", ({ median }) => milliseconds(median)),
    row("p99", ({ p99 }) => milliseconds(p99)),
    row("waiting now", ({ placesTaken }) => String(placesTaken)),
    row("plugins kept warm", ({ isolates }) => String(isolates)),
    row("memory", ({ memory }) => `${Math.round(memory / 1e6)} MB`),
  ]);
}

function milliseconds(time: number | undefined): string {
  return time === undefined ? "nothing yet" : `${time.toFixed(1)} ms`;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

/** What keeps creates cold for now. */
async function printProblems(host: Host, plans?: ServiceStatus): Promise<void> {
  const pairs: [string, Cell][] = [];
  if (plans?.keptCold !== undefined) {
    pairs.push(["sends everybody away", { text: plans.keptCold, colour: YELLOW }]);
  }
  for (const name of plans?.tooOften ?? []) {
    const text = `plugin ${name}, twice: until its code changes, each create that asks it starts the program`;
    pairs.push(["ended by", { text, colour: RED }]);
  }
  if (pairs.length > 0) await printPairs(host, pairs);
}

/** The service counts from its start, and knows nothing of those that did not ask it; the journal knows these. */
async function printCold(
  host: Host,
  plans: ServiceStatus | undefined,
  handlers: ServiceStatus | undefined,
  record: PlannedCounts,
): Promise<void> {
  const lines = (who: string, counts: Record<string, number> = {}) =>
    Object.entries(counts).toSorted(([, a], [, b]) => b - a).map(([why, count]) => [who, String(count), why]);
  const rows = [
    ...lines("sent away, plans", plans?.cold),
    ...lines("sent away, handlers", handlers?.cold),
    ...lines("creates on record", record.cold),
  ];
  const cold = sum(record.cold);
  if (record.warm + cold > 0) {
    host.stdout(`\nof the creates on record ${record.warm} were warm and ${cold} cold\n`);
  }
  if (rows.length > 0) {
    host.stdout("\n");
    await printTable(host, ["cold", "", "why"], rows);
  }
}
