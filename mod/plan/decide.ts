/** Asking the plugins of one container: each answer becomes a record, a denial ends the create. */
import type { Container } from "../api/plugin.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { about, type Log } from "../host/own_log.ts";
import type { HandlersRecord, PluginRecord } from "../state/journal.ts";
import { ask } from "./ask.ts";
import type { Answer } from "./check_answer.ts";
import { type OpenCode, openCode } from "./open_code.ts";
import type { PlannedPlugin } from "../index/planned_plugin.ts";
import type { Planning } from "./planning.ts";
import type { MissedPlugin } from "../index/policies.ts";
import type { Selection } from "./select.ts";

/** The code of each plugin that is asked, being got ready. */
export type Opening = Map<PlannedPlugin, Promise<OpenCode>>;

/**
 * Gets the code of all plugins that are asked ready, none of it run, and then holds the process: what comes from
 * the disk must not be loaded before.
 */
export async function openAll(planning: Planning, selections: readonly Selection[]): Promise<Opening> {
  const plugins = selections.filter(({ selected }) => selected).map(({ plugin }) => plugin);
  const opening: Opening = new Map(
    plugins.map((plugin) => [plugin, openCode(plugin, planning.workerModule)]),
  );
  await Promise.allSettled(opening.values());
  if (plugins.some(({ code }) => code)) planning.hold();
  return opening;
}

/** Of a plugin that cannot be used, and without which the container starts. */
export function recordMissed(log: Log, container: string, { name, why }: MissedPlugin): PluginRecord {
  log("warn", why, { container, plugin: name });
  return { name, version: "unknown", selected: false, reasons: [why], edits: [] };
}

/** What came of asking a plugin. */
interface Decision {
  record: PluginRecord;
  /** Why the container must not start, where asking it failed and `on-error` does not forgive that. */
  failed?: Failure;
}

/** Asks one plugin where it is selected. */
export async function decide(
  host: Host,
  { log, features }: Planning,
  { plugin, selected, reasons }: Selection,
  opening: Opening,
  container: Container,
): Promise<Decision> {
  const { name, version } = plugin.manifest;
  const record: PluginRecord = { name, version, selected, reasons, edits: [] };
  if (!selected) return { record };
  const ours = about(log, { container: container.id });
  try {
    const answer = await ask(host, ours, plugin, opening.get(plugin)!, container, features);
    return { record: recordOf(record, plugin, answer) };
  } catch (thrown) {
    const failed = asFailure(thrown);
    const forgiven = plugin.onError === "warn" || plugin.mode === "audit";
    if (forgiven) ours("warn", failed.message, { plugin: name });
    reasons.push(failed.what);
    return { record: { ...record, failed: true }, failed: forgiven ? undefined : failed };
  }
}

function recordOf(record: PluginRecord, plugin: PlannedPlugin, answer: Answer): PluginRecord {
  const { edits, deny, carry, note } = answer;
  if (plugin.mode === "audit") record.reasons.push("mode = audit: recorded, not done");
  if (note) record.reasons.push(note);
  return {
    ...record,
    edits,
    carry,
    handlers: handlersOf(plugin, answer.stages),
    ...(deny.length > 0 ? { deny } : {}),
  };
}

/** As the dispatcher will need it; nothing where no handler is to be called or the plugin is only watched. */
function handlersOf(plugin: PlannedPlugin, wanted = plugin.handlers): HandlersRecord | undefined {
  const stages = plugin.handlers.filter((stage) => wanted.includes(stage));
  const { mode, manifest, code, options, timeout, onError, isolation } = plugin;
  if (stages.length === 0 || mode === "audit") return undefined;
  return { stages, code, options, needs: manifest.needs ?? {}, timeout, onError, isolation };
}

/** Every denial is told, not only the first. A denial in audit mode is only recorded. */
export function refuseDenied(records: readonly PluginRecord[], selections: readonly Selection[]): void {
  const enforced = (name: string) =>
    selections.find(({ plugin }) => plugin.manifest.name === name)?.plugin.mode === "enforce";
  const denials = records.filter((record) => record.deny && enforced(record.name));
  const [first, ...others] = denials;
  if (!first) return;
  const reasons = [
    ...first.deny!,
    ...others.flatMap(({ name, deny }) => deny!.map((reason) => `(${name}) ${reason}`)),
  ];
  throw failure("denied", { plugin: first.name, reasons });
}
