/**
 * The create path: from a bundle to its edited config.json, or a reason why the container must not start.
 *
 * Read it from `planCreate` down. What a failing step leaves behind: nothing but a journal entry that says so.
 */
import type { HookEdit } from "../core/edits.ts";
import { mergeEdits } from "../core/merge.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import { identify } from "../engines/identify.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import { checkProgram } from "../host/files.ts";
import type { Container } from "../api/plugin.ts";
import type { Host } from "../host/host.ts";
import type { Log, LogSettings } from "../host/own_log.ts";
import {
  entryPath,
  type HandlersRecord,
  type JournalEntry,
  type PluginRecord,
  removeEntry,
  writeEntry,
} from "../journal/journal.ts";
import { markedForStart, markForStart } from "../journal/start_marks.ts";
import { sweepNowAndThen } from "../journal/sweep.ts";
import { ask } from "./ask.ts";
import { type ConfigFile, editConfig, readConfigFile, writeConfig } from "./config_file.ts";
import { type Creation, makeContainer } from "./container.ts";
import { dispatcherHooks } from "./dispatcher_hooks.ts";
import { type OpenCode, openCode } from "./open_code.ts";
import { inOrder, type PlannedPlugin } from "./planned_plugin.ts";
import type { MissedPlugin } from "./prepare.ts";
import type { Features } from "./runtime_features.ts";
import { select, type Selection } from "./select.ts";
import { takeSlot } from "./slots.ts";

/** What the command line says about the container to be. */
export interface CreateRequest extends Creation {
  /** Absolute. */
  configFile: string;
  /** The runtime's --root, where engines differ. */
  root?: string;
}

/** What every create has in common. */
export interface Planning {
  plugins: readonly PlannedPlugin[];
  /** Plugins that cannot be used, and without which the container starts. */
  missed: readonly MissedPlugin[];
  /** Plans at once; 0: the default. */
  concurrency: number;
  /** Version of the program, for the journal. */
  program: string;
  /** File of the program, for the hooks that call handlers. */
  self: string;
  log: Log;
  /** Where handlers log. */
  logSettings: LogSettings;
  /** The module that a worker starts with. */
  workerModule: string;
  /** Called before code from the disk is loaded: what plugins must not have is taken away. */
  hold(): void;
  /** Asks the runtime what it supports. */
  features(): Promise<Features>;
  /** Told when a plugin is asked, and without a name when none is any more. */
  asking?: (plugin?: string) => void;
  /** Told the token of the journal entry, once the container may start. */
  planned?: (token: string) => void;
}

/** What came of it. */
export type Outcome = "edited" | "unchanged";

/**
 * Plans one container and writes its config.json.
 *
 * @throws {Failure} why the container must not start; its message names the container
 */
export async function planCreate(host: Host, planning: Planning, request: CreateRequest): Promise<Outcome> {
  using _slot = await takeSlot(host, planning.concurrency);
  const draft: Draft = { token: host.randomToken(), records: [] };
  try {
    const outcome = await plan(host, planning, request, draft);
    planning.planned?.(draft.token);
    await sweepNowAndThen(host);
    return outcome;
  } catch (thrown) {
    const why = asFailure(thrown);
    await recordRefusal(host, planning, request, draft, why);
    throw why;
  }
}

/** What is known so far, so that a refusal can be recorded with it. */
interface Draft {
  token: string;
  config?: ConfigFile;
  identity?: ContainerIdentity;
  records: PluginRecord[];
  dispatch?: JournalEntry["dispatch"];
  /** The entry of what was to be done. */
  written?: JournalEntry;
}

async function plan(host: Host, planning: Planning, request: CreateRequest, draft: Draft): Promise<Outcome> {
  const config = draft.config = await readConfigFile(host, request.configFile);
  const identity = draft.identity = identify(host, { ...request, spec: config.spec });
  const container = makeContainer(config.spec, request, identity);
  for (const missed of planning.missed) draft.records.push(recordMissed(planning.log, request.id, missed));
  const selections = select(inOrder(planning.plugins), container);

  const opening = await openAll(planning, selections);
  // A gate denies before any other plugin's code is loaded.
  for (const gates of [true, false]) {
    for (const selection of selections) {
      if ((selection.plugin.manifest.gate === true) !== gates) continue;
      if (selection.selected) planning.asking?.(selection.plugin.manifest.name);
      draft.records.push(await decide(host, planning, selection, opening, container));
    }
    planning.asking?.();
    refuseDenied(draft.records, selections);
  }

  const owned = selections
    .filter(({ plugin }) => plugin.mode === "enforce")
    .map(({ plugin: { manifest: { name } } }) => ({
      plugin: name,
      edits: draft.records.find((record) => record.name === name)!.edits,
    }));
  const hooks = callsOfHandlers(host, planning, draft);
  if (hooks.length > 0 || hasStart(draft)) {
    draft.dispatch = { hooks, log: planning.logSettings };
    // After the plugins' own hooks of each stage.
    owned.push({ plugin: "container-hooks", edits: hooks });
  }
  checkHookPrograms(host, owned);
  await refuseUnsupported(owned, planning);
  const edits = mergeEdits(config.spec, owned);
  return await write(host, planning, request, draft, config, edits);
}

/** The code of each plugin that is asked, being got ready. */
type Opening = Map<PlannedPlugin, Promise<OpenCode>>;

/**
 * Gets the code of all plugins that are asked ready, none of it run, and then holds the process: what comes from
 * the disk must not be loaded before.
 */
async function openAll(planning: Planning, selections: readonly Selection[]): Promise<Opening> {
  const plugins = selections.filter(({ selected }) => selected).map(({ plugin }) => plugin);
  const opening: Opening = new Map(
    plugins.map((plugin) => [plugin, openCode(plugin, planning.workerModule)]),
  );
  await Promise.allSettled(opening.values());
  if (plugins.some(({ code }) => code)) planning.hold();
  return opening;
}

function recordMissed(log: Log, container: string, { name, why }: MissedPlugin): PluginRecord {
  log("warn", why, { container, plugin: name });
  return { name, version: "unknown", selected: false, reasons: [why], edits: [] };
}

/** Asks one plugin where it is selected; a failure that `on-error = "warn"` forgives is a record. */
async function decide(
  host: Host,
  { log, features }: Planning,
  { plugin, selected, reasons }: Selection,
  opening: Opening,
  container: Container,
): Promise<PluginRecord> {
  const { name, version } = plugin.manifest;
  const record: PluginRecord = { name, version, selected, reasons, edits: [] };
  if (!selected) return record;
  try {
    const answer = await ask(host, log, plugin, opening.get(plugin)!, container, features);
    const { edits, deny, carry, note } = answer;
    if (plugin.mode === "audit") reasons.push("mode = audit: recorded, not done");
    if (note) reasons.push(note);
    return {
      ...record,
      edits,
      carry,
      handlers: handlersOf(plugin, answer.stages),
      ...(deny.length > 0 ? { deny } : {}),
    };
  } catch (thrown) {
    const failed = asFailure(thrown);
    if (plugin.onError === "fail" && plugin.mode === "enforce") throw failed;
    log("warn", failed.message, { container: container.id, plugin: name });
    reasons.push(failed.what);
    return record;
  }
}

/** As the dispatcher will need it; nothing where no handler is to be called or the plugin is only watched. */
function handlersOf(plugin: PlannedPlugin, wanted = plugin.handlers): HandlersRecord | undefined {
  const stages = plugin.handlers.filter((stage) => wanted.includes(stage));
  const { mode, manifest, code, options, timeout, onError, isolation } = plugin;
  if (stages.length === 0 || mode === "audit") return undefined;
  return { stages, code, options, needs: manifest.needs ?? {}, timeout, onError, isolation };
}

function callsOfHandlers(host: Host, { self }: Planning, { token, records }: Draft): HookEdit[] {
  const handlers = records.flatMap((record) => record.handlers ?? []);
  return dispatcherHooks(host, self, entryPath(host, token), handlers);
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

/** A program inside the container's root (startContainer) is not looked for on the host. */
function checkHookPrograms(
  host: Host,
  owned: readonly { plugin: string; edits: PluginRecord["edits"] }[],
): void {
  const checked = new Set<string>();
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      if (edit.edit !== "hook" || edit.stage === "startContainer" || checked.has(edit.hook.path)) continue;
      checkProgram(host, edit.hook.path, `${edit.stage} hook of plugin ${plugin}`);
      checked.add(edit.hook.path);
    }
  }
}

/** A runtime that does not know of a field passes over it in silence. */
async function refuseUnsupported(
  owned: readonly { plugin: string; edits: PluginRecord["edits"] }[],
  { features }: Planning,
): Promise<void> {
  const moving = owned.find(({ edits }) => edits.some(({ edit }) => edit === "netDevice"));
  if (!moving || (await features()).linux?.netDevices?.enabled === true) return;
  throw failure("plugin-edit", {
    plugin: moving.plugin,
    field: "netDevice",
    why: "is not supported by this OCI runtime (linux.netDevices of its features)",
  });
}

async function write(
  host: Host,
  planning: Planning,
  request: CreateRequest,
  draft: Draft,
  config: ConfigFile,
  edits: ReturnType<typeof mergeEdits>,
): Promise<Outcome> {
  const edited = await editConfig(config, edits);
  const temporary = `${config.path}.container-hooks-${draft.token}`;
  const changed = edited.text !== config.found;
  const entry = entryOf(host, planning, request, draft, {
    outcome: edits.length > 0 || hasStart(draft) ? "edited" : "unchanged",
    config: {
      path: config.path,
      before: config.hash,
      after: edited.hash,
      temporary,
      inverse: edited.inverse,
    },
  });
  // An earlier container of this id may have been marked and never started: the newest mark counts.
  const marks = hasStart(draft) || markedForStart(host, [request.id]).length > 0;
  if (entry.outcome === "unchanged" && !changed && !marks) {
    await recordQuietly(host, planning.log, entry);
    return "unchanged";
  }
  draft.written = entry;
  await writeEntry(host, entry);
  if (marks) markForStart(host, request.id, draft.token);
  refuseWithoutParent(host);
  if (changed) writeConfig(host, config, edited.text, temporary);
  return "edited";
}

/** Whether the start of this container must come to us. */
function hasStart({ records }: Draft): boolean {
  return records.some(({ handlers }) => handlers?.stages.includes("start"));
}

/** An engine that was killed must not find a container that it never heard of: the bundle stays as it was. */
function refuseWithoutParent(host: Host): void {
  if (host.orphaned()) throw failure("parent-gone", {});
}

function entryOf(
  host: Host,
  planning: Planning,
  request: CreateRequest,
  draft: Draft,
  outcome: Pick<JournalEntry, "outcome" | "config"> & { failure?: string },
): JournalEntry {
  return {
    format: 1,
    token: draft.token,
    created: host.now(),
    program: planning.program,
    ...outcome,
    container: {
      id: request.id,
      names: draft.identity?.names ?? [],
      engine: draft.identity?.engine ?? "unknown",
      image: draft.identity?.image.name,
      bundle: request.bundle,
      operation: request.operation,
      runtime: request.runtime,
    },
    plugins: draft.records,
    ...(draft.dispatch ? { dispatch: draft.dispatch } : {}),
  };
}

/** What stops nothing must not stop a container because it cannot be recorded. */
async function recordQuietly(host: Host, log: Log, entry: JournalEntry): Promise<void> {
  try {
    await writeEntry(host, entry);
  } catch (thrown) {
    log("warn", asFailure(thrown).message, { container: entry.container.id });
  }
}

async function recordRefusal(
  host: Host,
  planning: Planning,
  request: CreateRequest,
  draft: Draft,
  why: Failure,
): Promise<void> {
  // What was to be done is not done: its mark and what a later create would find of it go too.
  if (draft.written) await removeEntry(host, draft.written).catch(() => {});
  const hash = draft.config?.hash ?? "";
  const entry = entryOf(host, planning, request, draft, {
    outcome: "refused",
    failure: why.message,
    config: { path: request.configFile, before: hash, after: hash, temporary: "", inverse: [] },
  });
  await recordQuietly(host, planning.log, entry);
}
