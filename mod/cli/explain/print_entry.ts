/** Printing all that is known of one create. */
import { type Edit, kindOf } from "../../edits/kinds.ts";
import { oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { PlannedBy, PluginRecord } from "../../state/journal.ts";
import { writeExactJson } from "../../text/json/exact.ts";
import { COLOUR, inColour, wantsColour } from "../kit/colour.ts";
import { type Cell, formatTime, printLabelled, printPairs, printTable } from "../kit/output.ts";
import type { Ending } from "./ending.ts";
import { nameOnRecord, type OnRecord, type Result, resultOf } from "./on_record.ts";

const { bad: RED, good: GREEN, warning: YELLOW, heading: BOLD } = COLOUR;
const COLOURS: Record<Result, number> = {
  edited: GREEN,
  unchanged: 0,
  refused: RED,
  bypassed: YELLOW,
  "handler failed": RED,
};

/** A result in its colour. */
export function resultCell(result: Result, text: string = result): Cell {
  return COLOURS[result] === 0 ? text : { text, colour: COLOURS[result] };
}

/** Prints it. */
export async function printEntry(host: Host, record: OnRecord, ending: Ending): Promise<void> {
  await printPairs(host, pairsOf(record, ending));
  await printPlugins(host, record.entry.plugins);
  await printOwnHooks(host, record);
  await printHandlers(host, record);
}

type Pair = readonly [name: string, value: Cell];

function pairsOf(record: OnRecord, ending: Ending): Pair[] {
  const { entry } = record;
  const { container, failure } = entry;
  const result = resultOf(record);
  const name = nameOnRecord(container);
  const others = container.names.filter((each) => each !== name);
  const outcome = failure === undefined ? result : `${result}: ${failure}`;
  return [
    ["container", container.id || "not known: its command line could not be read"],
    ...(name ? [["name", [name, ...others].join(", ")] as const] : []),
    ["engine", `${container.engine}, ${container.operation} by ${container.runtime}`],
    ...(container.image ? [["image", container.image] as const] : []),
    ...(container.unknown ?? []).map((fact) => ["not known", fact] as const),
    ...(container.bundle ? [["bundle", container.bundle] as const] : []),
    ["when", formatTime(entry.created)],
    ...(entry.planned ? [["planned", plannedBy(entry.planned)] as const] : []),
    ["outcome", resultCell(result, outcome)],
    ...(entry.bypass ? [["bypass", whatBypass(result)] as const] : []),
    ...(result === "refused" ? [] : [["ended", endingCell(ending)] as const]),
  ];
}

function whatBypass(result: Result): string {
  return result === "bypassed"
    ? "was on: the container went by, and no plugin was asked"
    : "was on: only gates that are not bypassable were asked";
}

function plannedBy(planned: PlannedBy): string {
  return planned.warm ? "warm, by the service" : `cold, by a program of its own: ${planned.why}`;
}

/** What became of it, and who says so. */
export function endingCell(ending: Ending): Cell {
  const { state, why, by, pid, started, ended, exitCode } = ending;
  const facts = [
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(started === undefined ? [] : [`since ${formatTime(started)}`]),
    ...(ended === undefined ? [] : [`until ${formatTime(ended)}`]),
    ...(exitCode === undefined ? [] : [`exit status ${exitCode}`]),
  ];
  const source = by === "container-hooks" ? [] : [`says ${by}`];
  const said = [state, ...facts].join(", ") + (why === undefined ? "" : `: ${why}`);
  const text = source.length > 0 ? `${said} (${source.join()})` : said;
  return state === "did not start" ? { text, colour: RED } : text;
}

/** Prints what each plugin decided, and why. */
export async function printPlugins(host: Host, plugins: readonly PluginRecord[]): Promise<void> {
  for (const plugin of plugins) await printPlugin(host, plugin);
}

async function printPlugin(host: Host, plugin: PluginRecord): Promise<void> {
  const title = oneLine(`plugin ${plugin.name} ${plugin.version} (${verdictOn(plugin)})`);
  host.stdout(`\n${heading(host, title)}\n`);
  await printLabelled(host, [
    ...(plugin.deny ?? []).map((reason) => ["deny", reason] as const),
    ...plugin.reasons.map((reason) => ["why", reason] as const),
    ...plugin.edits.map(labelledEdit),
    ...plugin.handlers ? [["handlers at", plugin.handlers.stages.join(", ")] as const] : [],
  ]);
}

function verdictOn({ deny, failed, selected }: PluginRecord): string {
  if (deny) return "denied";
  if (failed) return "failed";
  return selected ? "asked" : "stayed out";
}

/** Describes an edit in one line. */
export function describeEdit(edit: Edit): string {
  const [label, said] = labelledEdit(edit);
  return `${oneLine(label).padEnd(11)} ${oneLine(said)}`;
}

/** An edit of a kind that only another version knows is told by its data. */
function labelledEdit(edit: Edit): [label: string, said: string] {
  return [edit.edit, kindOf(edit.edit)?.describe(edit) ?? writeExactJson(edit)];
}

async function printOwnHooks(host: Host, { entry: { dispatch } }: OnRecord): Promise<void> {
  if (!dispatch) return;
  host.stdout(`\n${heading(host, "container-hooks itself, to have the handlers called")}\n`);
  await printLabelled(host, dispatch.hooks.map(labelledEdit));
}

/** One line for each call of a handler: how it ended, how long it took, and its last words. */
export async function printHandlers(host: Host, { events }: OnRecord): Promise<void> {
  const rows = events.flatMap((event, at): Cell[][] => {
    if (event.event === "undone") {
      const failed = event.failed.length > 0;
      const result: Cell = failed ? { text: "not all taken back", colour: RED } : "taken back";
      return [[event.stage, event.plugin, result, "", event.failed.join("; ")]];
    }
    if (event.event !== "called") return [];
    const end = events.slice(at).find((other) =>
      other.event === "ended" && other.plugin === event.plugin && other.stage === event.stage
    );
    if (end?.event !== "ended") {
      return [[
        event.stage,
        event.plugin,
        { text: "never ended", colour: RED },
        "",
        "it runs still, or was killed",
      ]];
    }
    return [[
      event.stage,
      event.plugin,
      handlerResult(end.result),
      formatMilliseconds(end.took),
      end.said ?? "",
    ]];
  });
  if (rows.length === 0) return;
  host.stdout("\n");
  await printTable(host, ["HANDLER AT", "PLUGIN", "RESULT", "TOOK", "SAID LAST"], rows);
}

function handlerResult(result: "done" | "failed" | "forgiven"): Cell {
  if (result === "done") return { text: "done", colour: GREEN };
  return result === "failed" ? { text: "failed", colour: RED } : { text: "failed, and may", colour: YELLOW };
}

/** Writes a span as "0.34 ms", "12 ms", "3.21 s" or "2 h 5 min". */
export function formatMilliseconds(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  if (milliseconds === 0) return "0 ms";
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}

function heading(host: Host, text: string): string {
  return wantsColour(host) ? inColour(text, BOLD) : text;
}
