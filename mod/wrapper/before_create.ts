/** What happens before a create, a run or a restore reaches the runtime; the same for wrapper and launcher. */
import { asFailure, type Failure, failure } from "../errors.ts";
import { holdProcess } from "../sandbox/process.ts";
import type { Host } from "../host/host.ts";
import { type Log, openLog } from "../host/own_log.ts";
import { after } from "../host/timer.ts";
import { type Bypass, readBypass } from "../state/bypass.ts";
import type { Index } from "../index/entries.ts";
import { planCreate } from "../plan/plan.ts";
import { newDraft, type Outcome, type Planning } from "../plan/planning.ts";
import { openIndex } from "../index/open_index.ts";
import { type Prepared, preparePlugins, prepareStanding } from "../index/policies.ts";
import { recordRefusal } from "../plan/record_entry.ts";
import { runtimeFeatures } from "../state/runtime_features.ts";
import { openStanding, type Standing } from "../index/standing_gates.ts";
import { readChain } from "./chain.ts";
import type { RuntimeCall } from "./command_line.ts";
import { checkContainerId, isContainerId } from "./container_id.ts";
import { bundleOf, namedBundle, requestOf } from "./create_request.ts";
import { isPlanned } from "./planned_before.ts";
import type { Start } from "./settings.ts";

/** A call that the runtime will act upon, and what is known around it. */
export interface Creating {
  /** A complete one. */
  call: RuntimeCall;
  /** Absolute path of the runtime. */
  runtime: string;
  start: Start;
  /** The last index, where it has just been read. */
  last?: Index;
  /** Told when a plugin is asked, and without a name when none is any more. */
  asking?: Planning["asking"];
  /** Told the token of the journal entry. */
  planned?: Planning["planned"];
}

/**
 * Plans the container and writes its config.json, unless the bypass is on.
 *
 * @throws {Failure} cannot-start, with the reason and what to do
 */
export async function beforeCreate(host: Host, creating: Creating): Promise<Outcome> {
  const { call: { id, command }, start: { program, builtin }, last } = creating;
  const attempt: Attempt = { began: host.now(), log: () => {}, planned: false };
  try {
    const bypass = readBypass(host);
    const { index, log } = bypass
      ? await openStanding(host, program, builtin)
      : settled(await openIndex(host, program, builtin, last));
    if (log) attempt.log = openLog(host, log);
    if (bypass) warnOfBypass(attempt.log, id!, bypass);
    if (!index) return "unchanged";
    const prepared = (bypass ? prepareStanding : preparePlugins)(index, builtin);
    if (bypass && prepared.plugins.length === 0) return "unchanged";
    const outcome = await plan(host, creating, attempt, index, prepared);
    attempt.log("info", `config.json ${outcome}`, { container: id!, operation: command! });
    return outcome;
  } catch (thrown) {
    const why = asFailure(thrown);
    const full = failure("cannot-start", { id: id!, why: why.what, remedy: why.remedy }, { cause: thrown });
    await tellRefusal(host, creating, attempt, why, full);
    throw full;
  }
}

/** One create, as far as it has come. */
interface Attempt {
  /** Milliseconds since 1970. */
  began: number;
  log: Log;
  /** Whether the journal has, or will have, an entry of it. */
  planned: boolean;
}

/** By which a create goes while the bypass is off. */
function settled(index: Index): Standing {
  return { index, log: index.config.log };
}

function warnOfBypass(log: Log, id: string, { until }: Bypass): void {
  const end = until ? `until ${new Date(until).toISOString()}` : "until it is switched off";
  log("warn", `bypass is on ${end}: only gates that are not bypassable are asked`, { container: id });
}

async function plan(
  host: Host,
  creating: Creating,
  attempt: Attempt,
  { config }: Index,
  prepared: Prepared,
): Promise<Outcome> {
  const { call, runtime, start, asking, planned } = creating;
  const { log } = attempt;
  checkContainerId(call.id!);
  if (call.ours.length > 0) {
    log("warn", "--hook-spec and --add-hook are not followed yet, and were taken out", {
      container: call.id!,
    });
  }
  const request = requestOf(host, creating, bundleOf(host, call));
  if (isPlanned(host, readChain(host), request.id, request.configFile)) {
    log("debug", "planned already by container-hooks further up the chain", { container: request.id });
    return "unchanged";
  }
  const planning: Planning = {
    ...prepared,
    concurrency: config.concurrency,
    program: start.version,
    self: start.self,
    log,
    logSettings: config.log,
    workerModule: start.module,
    hold: () => holdProcess(host, log),
    features: () => runtimeFeatures(host, runtime),
    asking,
    planned,
  };
  const left = config.deadline - (host.now() - attempt.began) / 1000;
  attempt.planned = true;
  return await withinDeadline(host, config.deadline, left, () => planCreate(host, planning, request));
}

/** Why nothing happened is asked of the journal, so it has an entry also of what never came to be planned. */
async function tellRefusal(
  host: Host,
  creating: Creating,
  { log, planned }: Attempt,
  why: Failure,
  full: Failure,
): Promise<void> {
  const { call, start } = creating;
  log("error", full.message, { container: call.id! });
  if ((planned && why.code !== "deadline") || !isContainerId(call.id!)) return;
  const request = requestOf(host, creating, namedBundle(host, call));
  await recordRefusal(host, { program: start.version, log }, request, newDraft(host), why);
}

/**
 * The whole create has one limit, below the two minutes after which a kubelet gives up and tries again.
 *
 * @param seconds The limit.
 * @param left What is left of it; some is, however long the making of the index took.
 */
async function withinDeadline<T>(
  host: Host,
  seconds: number,
  left: number,
  work: () => Promise<T>,
): Promise<T> {
  const limit = Math.max(left, 1) * 1000;
  // For what never comes back to the event loop, such as reading a file of a dead file system.
  const why = failure("deadline", { what: "planning", seconds });
  using _end = host.killAfter(limit + 1000, why.message);
  const { promise: late, reject } = Promise.withResolvers<never>();
  using _timer = after(limit, () => reject(why));
  return await Promise.race([work(), late]);
}
