/** `container-hooks explain`: what was done to a container, by which plugin, and why. */
import type { Edit } from "../../edits/edits.ts";
import { failure, oneLine } from "../../errors.ts";
import { type JournalEntry, listEntries, type PluginRecord } from "../../state/journal.ts";
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
    ["bundle", oneLine(container.bundle)],
    ["when", formatTime(entry.created)],
    ["outcome", entry.failure ? `${entry.outcome}: ${oneLine(entry.failure)}` : entry.outcome],
  ]);
  for (const plugin of entry.plugins) printPlugin({ host }, plugin);
  if (!entry.dispatch) return;
  host.stdout("\ncontainer-hooks itself, to have the handlers called\n");
  for (const hook of entry.dispatch.hooks) host.stdout(`  ${describe(hook)}\n`);
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

function describe(edit: Edit): string {
  switch (edit.edit) {
    case "hook": {
      const { path, args, timeout } = edit.hook;
      const limit = timeout === undefined ? "no limit" : `limit ${timeout} s`;
      return oneLine(`hook        ${edit.stage} ${path} ${JSON.stringify(args)}, ${limit}`);
    }
    case "mount": {
      const { source = "none", destination, options = [] } = edit.mount;
      return oneLine(`mount       ${source} on ${destination} (${options.join(",")})`);
    }
    case "env":
      return oneLine(`env         ${edit.name}=${edit.value}`);
    case "annotation":
      return oneLine(`annotation ${edit.key}=${edit.value}`);
    case "netDevice":
      return oneLine(`netDevice   ${edit.host} as ${edit.name}`);
  }
}

const HIDDEN = "(hidden; --values shows it)";

/** Variables hold passwords; nobody should find one in a bug report. */
function withoutValues(entry: JournalEntry): JournalEntry {
  return {
    ...entry,
    plugins: entry.plugins.map((plugin) => ({ ...plugin, edits: plugin.edits.map(withoutValue) })),
    config: { ...entry.config, inverse: [] },
  };
}

function withoutValue(edit: Edit): Edit {
  switch (edit.edit) {
    case "env":
      return { ...edit, value: HIDDEN };
    case "hook": {
      const env = edit.hook.env.map((entry) => `${entry.slice(0, entry.indexOf("="))}=${HIDDEN}`);
      return { ...edit, hook: { ...edit.hook, env } };
    }
    case "mount":
    case "annotation":
    case "netDevice":
      return edit;
  }
}
