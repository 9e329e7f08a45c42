/**
 * The create path: from a bundle to its edited config.json, or a reason why the container must not start.
 *
 * Read it from `planCreate` down. What a failing step leaves behind: nothing but a journal entry that says so.
 */
import type { HookEdit } from "../edits/edits.ts";
import { mergeEdits } from "../edits/merge.ts";
import { asFailure } from "../errors.ts";
import { identify } from "../engines/identify.ts";
import type { Host } from "../host/host.ts";
import { entryPath } from "../state/journal.ts";
import { sweepNowAndThen } from "../state/sweep.ts";
import { checkHookPrograms, type OwnedEdits, refuseUnsupported } from "./refuse_edits.ts";
import { readConfigFile } from "./config_file.ts";
import { makeContainer } from "./container.ts";
import { decide, openAll, recordMissed, refuseDenied } from "./decide.ts";
import { dispatcherHooks } from "./dispatcher_hooks.ts";
import { inOrder } from "../index/planned_plugin.ts";
import {
  type CreateRequest,
  type Draft,
  hasStart,
  newDraft,
  type Outcome,
  type Planning,
} from "./planning.ts";
import { recordRefusal } from "./record_entry.ts";
import { select } from "./select.ts";
import { takeSlot } from "../state/slots.ts";
import { writePlan } from "./write_plan.ts";

/**
 * Plans one container and writes its config.json.
 *
 * @throws {Failure} why the container must not start; its message names the container
 */
export async function planCreate(host: Host, planning: Planning, request: CreateRequest): Promise<Outcome> {
  using _slot = await takeSlot(host, planning.concurrency);
  const draft = newDraft(host);
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
      const { record, failed } = await decide(host, planning, selection, opening, container);
      draft.records.push(record);
      if (failed) throw failed;
    }
    planning.asking?.();
    refuseDenied(draft.records, selections);
  }

  const owned: OwnedEdits[] = selections
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
  return await writePlan(host, planning, request, draft, config, edits);
}

function callsOfHandlers(host: Host, { self }: Planning, { token, records }: Draft): HookEdit[] {
  const handlers = records.flatMap((record) => record.handlers ?? []);
  return dispatcherHooks(host, self, entryPath(host, token), handlers);
}
