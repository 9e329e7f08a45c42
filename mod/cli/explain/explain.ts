/** `container-hooks explain`: what was done to a container, by which plugin, why, and what became of it. */
import { failure, oneLine } from "../../errors.ts";
import { runFolder } from "../../host/our_folders.ts";
import { formatTime, printJson, printTable, shortId } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { chooseContainer, filterRecords, type Filters } from "./choose.ts";
import { endingOf } from "./ending.ts";
import { explainBefore, type ForeseeFlags } from "./foresee.ts";
import { listOnRecord, nameOnRecord, type OnRecord, resultOf } from "./on_record.ts";
import { printEntry, resultCell } from "./print_entry.ts";
import { withoutValues } from "./without_values.ts";

/** The options of the command. */
export interface Flags extends Filters, ForeseeFlags {
  limit: number;
  quiet: boolean;
  record?: string;
}

/** Explains one container, or lists those on record. */
export async function explain(this: ProgramContext, flags: Flags, wanted?: string): Promise<void> {
  const { host } = this;
  if (flags.record !== undefined) {
    const { record } = await import("./record.ts");
    return await record(this, { ...flags, record: flags.record, container: wanted });
  }
  if (flags.bundle !== undefined || flags.config !== undefined) {
    if (wanted === undefined) return await explainBefore(this, flags);
    throw failure("usage", {
      why: "--bundle and --config are about what is not on record, and take no CONTAINER",
    });
  }
  if (wanted !== undefined && isNarrowed(flags)) {
    throw failure("usage", {
      why: "--failed, --plugin, --engine and --since narrow the list, and take no CONTAINER",
    });
  }
  const records = filterRecords(listOnRecord(host), flags, host.now()).map(({ entry, events }) => ({
    entry: flags.values ? entry : withoutValues(entry),
    events,
  }));
  if (wanted === undefined) return await list(this, flags, records);
  const { record, earlier } = chooseContainer(records, wanted);
  const ending = await endingOf(host, record, true);
  if (flags.json) return printJson(host, { ...asJson(record), ending });
  await printEntry(host, record, ending);
  if (earlier.length === 0) return;
  host.stdout(`\nearlier creates of this container\n`);
  await printList(this, earlier.slice(0, flags.limit));
}

async function list(context: ProgramContext, flags: Flags, records: readonly OnRecord[]): Promise<void> {
  const { host } = context;
  const shown = records.slice(0, flags.limit);
  if (flags.quiet) return printWords(context, flags, shown);
  if (flags.json) return printJson(host, shown.map(asJson));
  if (shown.length === 0) return host.stdout(`${whyNone(context, flags)}\n`);
  await printList(context, shown);
  const left = records.length - shown.length;
  if (left > 0) host.stdout(`\n${left} more are on record: --limit ${records.length} shows them\n`);
}

/** What CONTAINER may be: each id, with the name that people know it by. */
function printWords({ host }: ProgramContext, { json }: Flags, records: readonly OnRecord[]): void {
  const words = new Set(
    records.flatMap(({ entry: { container } }) => [container.id, nameOnRecord(container)]),
  );
  words.delete("");
  if (json) return printJson(host, [...words]);
  host.stdout([...words].map((word) => `${oneLine(word)}\n`).join(""));
}

function asJson(record: OnRecord) {
  return { ...record.entry, result: resultOf(record), events: record.events };
}

function isNarrowed({ failed, plugin, engine, since }: Filters): boolean {
  return failed || plugin !== undefined || engine !== undefined || since !== undefined;
}

function whyNone({ host }: ProgramContext, flags: Flags): string {
  if (isNarrowed(flags)) return "no container on record is like that; without options, all are listed";
  return `no container is on record yet in ${runFolder(host)}`;
}

async function printList({ host }: ProgramContext, records: readonly OnRecord[]): Promise<void> {
  await printTable(
    host,
    ["CONTAINER", "NAME", "ENGINE", "WHEN", "OUTCOME", "DONE"],
    records.map((record) => {
      const { container, created } = record.entry;
      return [
        shortId(container.id) || "-",
        nameOnRecord(container),
        container.engine,
        formatTime(created),
        resultCell(resultOf(record)),
        doneIn(record),
      ];
    }),
  );
}

/** What a refused create was to do is not done. */
function doneIn({ entry: { plugins, outcome }, events }: OnRecord): string {
  if (outcome === "refused") return "nothing";
  const edits = plugins.reduce((count, { edits }) => count + edits.length, 0);
  const handlers = plugins.reduce((count, { handlers }) => count + (handlers?.stages.length ?? 0), 0);
  const failed = events.filter((event) => event.event === "ended" && event.result !== "done").length;
  const parts = [counted(edits, "edit"), counted(handlers, "handler"), failed > 0 ? `${failed} failed` : ""]
    .filter((part) => part !== "");
  return parts.join(", ") || "nothing";
}

function counted(count: number, word: string): string {
  return count === 0 ? "" : `${count} ${word}${count === 1 ? "" : "s"}`;
}
