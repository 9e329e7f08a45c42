/** `container-hooks explain`: what was done to a container, by which plugin, and why. */
import { HIDDEN } from "../../edits/kind.ts";
import { type Edit, kindOf } from "../../edits/kinds.ts";
import { failure, oneLine } from "../../errors.ts";
import { type JournalEntry, listEntries, type PlannedBy, type PluginRecord } from "../../state/journal.ts";
import { writeExactJson } from "../../text/json/exact.ts";
import type { Context } from "../kit/context.ts";
import { formatTime, printJson, printPairs, printTable, shortId } from "../kit/output.ts";

interface Flags {
  json: boolean;
  values: boolean;
}

/** Explains one container, or lists those on record. */
export async function explain(this: Context, flags: Flags, wanted?: string): Promise<void> {
  const entries = listEntries(this.host);
  if (wanted === undefined) return await list(this, flags, entries);
  const entry =
    entries.find(({ container }) => container.id === wanted || container.names.includes(wanted)) ??
      entries.find(({ container }) => container.id.startsWith(wanted));
  if (!entry) {
    throw failure("not-found", {
      what: `no container ${JSON.stringify(wanted)} is on record`,
      remedy: "`container-hooks explain` lists those that are",
    });
  }
  const shown = flags.values ? entry : withoutValues(entry);
  if (flags.json) return printJson(this.host, shown);
  await printEntry(this, shown);
}

async function list({ host }: Context, flags: Flags, entries: readonly JournalEntry[]): Promise<void> {
  const shown = flags.values ? entries : entries.map(withoutValues);
  if (flags.json) return printJson(host, shown);
  if (entries.length === 0) return host.stdout("no container is on record yet\n");
  await printTable(
    host,
    ["CONTAINER", "NAME", "ENGINE", "WHEN", "OUTCOME", "EDITS"],
    shown.map(({ container, created, outcome, plugins }) => [
      shortId(container.id),
      container.names[0] ?? "",
      container.engine,
      formatTime(created),
      outcome,
      String(plugins.reduce((count, { edits }) => count + edits.length, 0)),
    ]),
  );
}

async function printEntry({ host }: Context, entry: JournalEntry): Promise<void> {
  const { container } = entry;
  await printPairs(host, [
    ["container", oneLine(container.id)],
    ...(container.names.length > 0 ? [["name", container.names.join(", ")] as const] : []),
    ["engine", `${container.engine}, ${container.operation} by ${container.runtime}`],
    ...(container.image ? [["image", container.image] as const] : []),
    ...(container.unknown ?? []).map((fact) => ["not known", oneLine(fact)] as const),
    ["bundle", oneLine(container.bundle)],
    ["when", formatTime(entry.created)],
    ...(entry.planned ? [["planned", plannedBy(entry.planned)] as const] : []),
    ["outcome", entry.failure ? `${entry.outcome}: ${oneLine(entry.failure)}` : entry.outcome],
  ]);
  for (const plugin of entry.plugins) printPlugin({ host }, plugin);
  if (!entry.dispatch) return;
  host.stdout("\ncontainer-hooks itself, to have the handlers called\n");
  for (const hook of entry.dispatch.hooks) host.stdout(`  ${describe(hook)}\n`);
}

function plannedBy(planned: PlannedBy): string {
  return planned.warm ? "warm, by the service" : `cold, by a program of its own: ${oneLine(planned.why)}`;
}

function printPlugin({ host }: Pick<Context, "host">, plugin: PluginRecord): void {
  host.stdout(`\n${oneLine(`plugin ${plugin.name} ${plugin.version} (${verdictOn(plugin)})`)}\n`);
  for (const reason of plugin.deny ?? []) host.stdout(`  deny        ${oneLine(reason)}\n`);
  for (const reason of plugin.reasons) host.stdout(`  why         ${oneLine(reason)}\n`);
  for (const edit of plugin.edits) host.stdout(`  ${describe(edit)}\n`);
  if (plugin.handlers) host.stdout(`  handlers at ${plugin.handlers.stages.join(", ")}\n`);
}

function verdictOn({ deny, failed, selected }: PluginRecord): string {
  if (deny) return "denied";
  if (failed) return "failed";
  return selected ? "asked" : "stayed out";
}

/** Describes an edit in one line; one of a kind that only another version knows by its data. */
function describe(edit: Edit): string {
  const said = kindOf(edit.edit)?.describe(edit) ?? writeExactJson(edit);
  return `${oneLine(edit.edit).padEnd(11)} ${oneLine(said)}`;
}

/** Variables hold passwords; nobody should find one in a bug report. */
function withoutValues(entry: JournalEntry): JournalEntry {
  return {
    ...entry,
    plugins: entry.plugins.map((plugin) => ({ ...plugin, edits: plugin.edits.map(withoutValue) })),
    config: { ...entry.config, inverse: [] },
  };
}

/** An edit of a kind that is not known may have secrets anywhere. */
function withoutValue(edit: Edit): Edit {
  const kind = kindOf(edit.edit);
  if (!kind) return { edit: edit.edit, hidden: HIDDEN } as unknown as Edit;
  return kind.withoutSecrets?.(edit) ?? edit;
}
