/** Asking the plugins of one container: each answer becomes a record, a denial ends the create. */
import type { Container } from "../api/plugin.ts";
import type { Answer } from "../edits/check_answer.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { about } from "../host/own_log.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import type { MissedPlugin } from "../index/policies.ts";
import type { HandlersRecord, PluginRecord } from "../state/journal.ts";
import { runtimeFeatures } from "../state/runtime_features.ts";
import { ask } from "./ask.ts";
import { type Create, reached } from "./create.ts";
import type { Isolates } from "./open_code.ts";
import type { Isolate } from "../sandbox/isolate.ts";
import type { Selection } from "./select.ts";

/**
 * Asks the plugins that are selected, the gates first, and records what each decided.
 *
 * @param begun An isolate that was started for them already.
 * @throws {Failure} of a plugin without which the container must not start, or denied
 */
export async function decideAll(
  host: Host,
  create: Create,
  selections: readonly Selection[],
  container: Container,
  begun?: Isolate,
): Promise<void> {
  const asked = selections.filter(({ selected }) => selected).map(({ plugin }) => plugin);
  using isolate = create.isolates(asked, begun);
  // A gate denies before any other plugin's code is loaded.
  for (const gates of [true, false]) {
    const turn = selections.filter(({ plugin }) => (plugin.manifest.gate === true) === gates);
    const decisions = turn.map((selection) => async () => {
      const from = performance.now();
      const decision = await decide(host, create, selection, isolate, container);
      if (selection.selected) reached(create, `plugin ${decision.record.name}`, from);
      return decision;
    });
    for await (const { record, failed } of decided(decisions, isolate.areApart)) {
      create.records.push(record);
      if (failed) throw failed;
    }
    refuseDenied(create.records, selections);
  }
}

/**
 * Asks, and gives what was decided in the order of the plugins: each is asked when the one before it has decided, or
 * all are at once, where none has to wait for another's isolate.
 */
async function* decided(decisions: readonly (() => Promise<Decision>)[], atOnce: boolean) {
  if (atOnce) yield* await Promise.all(decisions.map((decide) => decide()));
  else for (const decide of decisions) yield await decide();
}

/** Records a plugin that cannot be used, and without which the container starts. */
export function recordMissed(create: Create, missed: MissedPlugin): void {
  warnOfMissed(create, missed);
  const { name, why } = missed;
  create.records.push({ name, version: "unknown", selected: false, reasons: [why], edits: [] });
}

/** Says in our log that a container starts without a plugin that cannot be used. */
export function warnOfMissed({ log, call }: Create, { name, why }: MissedPlugin): void {
  log("warn", why, { container: call.id, plugin: name });
}

/** What came of asking a plugin. */
interface Decision {
  record: PluginRecord;
  /** Why the container must not start, where asking it failed and `on-error` does not forgive that. */
  failed?: Failure;
}

/** Asks one plugin where it is selected. */
async function decide(
  host: Host,
  { call, log, asking }: Create,
  { plugin, selected, unknown, reasons }: Selection,
  isolate: Isolates,
  container: Container,
): Promise<Decision> {
  const { name, version } = plugin.manifest;
  const record: PluginRecord = { name, version, selected, reasons, edits: [] };
  const ours = about(log, { container: call.id });
  if (unknown.length > 0) {
    const failed = failure(plugin.manifest.gate ? "gate-undecided" : "plugin-undecided", {
      plugin: name,
      selected,
      unknown,
    });
    if (plugin.manifest.gate && plugin.mode === "enforce") return { record, failed };
    ours("warn", failed.message, { plugin: name });
  }
  if (!selected) return { record };
  using _asked = asking(name);
  const features = () => runtimeFeatures(host, call.runtime);
  try {
    const answer = await ask(host, ours, { plugin, container, features, isolate });
    return { record: recordOf(record, plugin, answer) };
  } catch (thrown) {
    const failed = asFailure(thrown);
    const forgiven = plugin.onError === "warn" || plugin.mode === "audit";
    if (forgiven) ours("warn", failed.message, { plugin: name });
    reasons.push(failed.what);
    return { record: { ...record, failed: true }, failed: forgiven ? undefined : failed };
  }
}

function recordOf(record: PluginRecord, plugin: ConfiguredPlugin, answer: Answer): PluginRecord {
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

/** Records what the dispatcher will need; nothing where no handler is to be called, or in audit mode. */
function handlersOf(plugin: ConfiguredPlugin, wanted = plugin.handlers): HandlersRecord | undefined {
  const stages = plugin.handlers.filter((stage) => wanted.includes(stage));
  const { mode, manifest, code, options, timeout, onError } = plugin;
  if (stages.length === 0 || mode === "audit") return undefined;
  return { stages, code, options, needs: manifest.needs ?? {}, timeout, onError };
}

/** Every denial is told, not only the first. A denial in audit mode is only recorded. */
function refuseDenied(records: readonly PluginRecord[], selections: readonly Selection[]): void {
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
