/** `container-hooks trace`: the timeline of one container, as text, JSON or a page for a browser. */
import { failure } from "../../errors.ts";
import { replaceFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { chooseContainer } from "../explain/choose.ts";
import { endingOf } from "../explain/ending.ts";
import { listOnRecord, nameOnRecord, resultOf } from "../explain/on_record.ts";
import { formatMilliseconds, resultCell } from "../explain/print_entry.ts";
import { withoutValues } from "../explain/without_values.ts";
import type { Context } from "../kit/context.ts";
import { type Cell, formatTime, printJson, printPairs, printTable } from "../kit/output.ts";
import { type Timeline, timelineOf, type TimelineStep } from "./timeline.ts";

/** The options of the command. */
export interface TraceFlags {
  json: boolean;
  html?: string;
}

const RED = 31;

/** Prints the timeline, or writes it as a page. */
export async function trace(this: Context, flags: TraceFlags, wanted: string): Promise<void> {
  const { host } = this;
  const { record } = chooseContainer(listOnRecord(host), wanted);
  // The page is given to others, and a timeline needs no values.
  const shown = { ...record, entry: withoutValues(record.entry) };
  const timeline = timelineOf(shown, await endingOf(host, record, true));
  if (flags.html !== undefined) {
    const { pageOf } = await import("./page.ts");
    writePage(host, flags.html, await pageOf(shown, timeline));
    if (!flags.json) return host.stdout(`${flags.html} is written\n`);
  }
  if (flags.json) return printJson(host, { container: record.entry.container, ...jsonOf(timeline) });
  const { entry } = record;
  const name = nameOnRecord(entry.container);
  await printPairs(host, [
    [
      "container",
      name && name !== entry.container.id ? `${entry.container.id} (${name})` : entry.container.id,
    ],
    ["request", formatTime(timeline.began)],
    ["outcome", resultCell(resultOf(record))],
  ]);
  host.stdout("\n");
  await printTable(host, ["AT", "TOOK", "STEP", "WHAT"], timeline.steps.map(rowOf));
}

function rowOf(step: TimelineStep): Cell[] {
  const { step: name, what, failed } = step;
  return [atOf(step), tookOf(step), name, failed ? { text: what, colour: RED } : what];
}

/** When a step began; "" for what is so now. */
export function atOf({ at }: TimelineStep): string {
  if (!Number.isFinite(at)) return "";
  return `${at < 0 ? "-" : "+"}${formatMilliseconds(Math.abs(at))}`;
}

/** How long it took; "" for a moment. */
export function tookOf({ took }: TimelineStep): string {
  return took === undefined ? "" : formatMilliseconds(took);
}

function jsonOf({ began, steps }: Timeline) {
  return {
    began,
    steps: steps.map(({ at, ...step }) => Number.isFinite(at) ? { at, ...step } : step),
  };
}

/** A page that is there already is replaced as a whole; nothing else is. */
function writePage(host: Host, file: string, page: string): void {
  const path = file.startsWith("/") ? file : `${host.cwd()}/${file}`;
  const status = host.lstat(path);
  if (status && status.kind !== "a regular file") {
    throw failure("file-kind", { what: "page", path, kind: status.kind });
  }
  replaceFile(host, path, "page", new TextEncoder().encode(page), {
    temporary: `${path}.${host.randomToken()}`,
    mode: 0o600,
    durable: false,
  });
}
