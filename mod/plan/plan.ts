/**
 * The create path: from a bundle to its edited config.json, or a reason why the container must not start.
 *
 * Read it from `planCreate` down. What a failing step leaves behind: nothing but a journal entry that says so.
 */
import { asRuntimesTake } from "../core/check_spec.ts";
import type { HookEdit } from "../edits/hook.ts";
import { mergeEdits, type OwnedEdits } from "../edits/merge.ts";
import { asFailure } from "../errors.ts";
import { identify } from "../engines/identify.ts";
import type { Host } from "../host/host.ts";
import { inOrder } from "../index/configured_plugin.ts";
import type { Policies } from "../index/policies.ts";
import type { JsonEdit } from "../text/json/json_text.ts";
import { entryPath } from "../state/journal.ts";
import { sweepNowAndThen } from "../state/sweep.ts";
import { type BundleConfig, readConfigFile } from "./config_file.ts";
import { makeContainer } from "./container.ts";
import {
  type Create,
  hasStart,
  LeftToAnother,
  type PlanResult,
  reached,
  refuseUnlessAwaited,
} from "./create.ts";
import { decideAll, recordMissed } from "./decide.ts";
import { dispatcherHooks } from "./dispatcher_hooks.ts";
import { refuseForeignBundle } from "./foreign_bundle.ts";
import { beginIsolate } from "./open_code.ts";
import { recordRefusal } from "./record_entry.ts";
import { checkPrograms, checkSources, refuseUnsupported } from "./refuse_edits.ts";
import { selectByFacts, type Selection } from "./select.ts";
import { writePlan } from "./write_plan.ts";

/**
 * Plans one container and writes its config.json.
 *
 * @throws {Failure} why the container must not start; its message names the container
 * @throws {LeftToAnother} as of {@linkcode Create}'s isolates
 */
export async function planCreate(host: Host, create: Create, policies: Policies): Promise<PlanResult> {
  using _turn = await create.takeTurn(policies.config.concurrency);
  reached(create, "turn");
  try {
    refuseUnlessAwaited(host, create);
    const { config, edits } = await decideEdits(host, create, policies);
    const outcome = await writePlan(host, create, config, edits);
    await sweepNowAndThen(host);
    return { outcome, token: create.token };
  } catch (thrown) {
    if (thrown instanceof LeftToAnother) throw thrown;
    const why = asFailure(thrown);
    await recordRefusal(host, create, why);
    throw why;
  }
}

/** What was decided, before anything of it is done. */
export interface DecidedEdits {
  config: BundleConfig;
  /** Of all plugins, merged. */
  edits: JsonEdit[];
}

/**
 * Decides all about a create and does none of it; `create` is filled with what was found out.
 *
 * @throws {Failure} why the container must not start
 */
export async function decideEdits(host: Host, create: Create, policies: Policies): Promise<DecidedEdits> {
  const { call } = create;
  // It takes longer than all that comes before the plugins are asked.
  using begun = create.early ? beginIsolate(create.program.module, policies.plugins) : undefined;
  const config = create.config = await readConfigFile(host, call.configFile);
  reached(create, "config.json");
  create.identity = identify(host, { ...call, spec: config.spec });
  reached(create, "identify");
  for (const missed of policies.missed) recordMissed(create, missed);
  const plugins = inOrder(policies.plugins);
  const spec = asRuntimesTake(config.spec);
  const { identity, selections } = await selectByFacts(plugins, spec, call.operation, create.identity);
  create.identity = identity;
  reached(create, "select");
  const container = makeContainer(config.spec, call, identity);
  await decideAll(host, create, selections, container, begun);
  refuseForeignBundle(host, create, policies, selections);
  const owned = [...enforcedEdits(create, selections), ...callsOfHandlers(host, create, policies)];
  checkPrograms(host, owned);
  checkSources(host, owned);
  await refuseUnsupported(host, call.runtime, owned);
  reached(create, "check");
  const edits = mergeEdits(config.spec, owned);
  reached(create, "merge");
  return { config, edits };
}

/** Collects the edits to make, in the order of the selections, without those of plugins in audit mode. */
function enforcedEdits({ records }: Create, selections: readonly Selection[]): OwnedEdits[] {
  return selections
    .filter(({ plugin }) => plugin.mode === "enforce")
    .map(({ plugin: { manifest: { name } } }) => ({
      plugin: name,
      edits: records.find((record) => record.name === name)!.edits,
    }));
}

/** Makes hooks of our own, which follow the plugins' own of each stage; none where no handler is to be called. */
function callsOfHandlers(host: Host, create: Create, { config }: Policies): OwnedEdits[] {
  const { program, token, records } = create;
  const handlers = records.flatMap((record) => record.handlers ?? []);
  const hooks: HookEdit[] = dispatcherHooks(host, program.file, entryPath(host, token), handlers);
  if (hooks.length === 0 && !hasStart(create)) return [];
  const auditLog = config.auditLog === "" ? {} : { auditLog: config.auditLog };
  create.dispatch = { hooks, log: config.log, ...auditLog };
  return [{ plugin: "container-hooks", edits: hooks }];
}
