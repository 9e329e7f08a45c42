/** What is on record: journal entries, each with what happened later, and the creates that the program did not see. */
import type { Host } from "../../host/host.ts";
import { runFolder } from "../../host/our_folders.ts";
import { type LifeEvent, readEvents } from "../../state/events.ts";
import { type JournalEntry, listEntries } from "../../state/journal.ts";
import { type PastCreate, readPast } from "../../state/past_the_program.ts";

/** One create. */
export interface OnRecord {
  entry: JournalEntry;
  events: LifeEvent[];
}

/** How a create ended, in a word, as far as our own records know. */
export type Result = JournalEntry["outcome"] | "handler failed";

/**
 * Lists all creates on record, the newest first.
 *
 * @throws {Failure} journal-unreadable
 */
export function listOnRecord(host: Host): OnRecord[] {
  const run = runFolder(host);
  const planned = listEntries(host).map((entry) => ({ entry, events: readEvents(host, run, entry.token) }));
  const past = readPast(host).map((create) => ({ entry: entryOfPast(create), events: [] }));
  return [...planned, ...past].sort((a, b) => b.entry.created - a.entry.created);
}

/** Of such a create no more is known than its line says. */
function entryOfPast({ at, outcome, id, why }: PastCreate): JournalEntry {
  return {
    format: 1,
    token: "",
    created: at,
    program: "",
    outcome,
    ...(outcome === "refused" ? { failure: why, refusedBy: { rule: "launcher" } } : { bypass: true }),
    container: {
      id: id ?? "",
      names: [],
      engine: "unknown",
      bundle: "",
      operation: "create",
      runtime: "unknown",
    },
    plugins: [],
    config: { path: "", before: "", after: "", temporary: "", inverse: [] },
  };
}

/** Tells how a create ended: a handler's failure that stops the container counts more than what was planned. */
export function resultOf({ entry, events }: OnRecord): Result {
  return stoppedBy(events) ? "handler failed" : entry.outcome;
}

/** Gets the handler whose failure has stopped the container. */
export function stoppedBy(events: readonly LifeEvent[]) {
  return events.find((event) =>
    event.event === "ended" && event.result === "failed" && event.stage !== "poststop"
  ) as Extract<LifeEvent, { event: "ended" }> | undefined;
}

/** Whether anything of it failed, as far as our own records know. */
export function hasFailed({ entry, events }: OnRecord): boolean {
  return entry.outcome === "refused" || entry.plugins.some(({ failed }) => failed) ||
    events.some((event) => event.event === "ended" && event.result !== "done");
}

/** The name that people know it by: of a pod's container NAMESPACE/POD/CONTAINER, else the engine's first; else "". */
export function nameOnRecord({ names, pod }: JournalEntry["container"]): string {
  if (pod) {
    return [pod.namespace, pod.name, ...(pod.container === undefined ? [] : [pod.container])].join("/");
  }
  return names[0] ?? "";
}
