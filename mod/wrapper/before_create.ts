/** What happens before a create, a run or a restore reaches the runtime; the same for wrapper and launcher. */
import { asFailure, despiteBypass, type Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { openLog } from "../host/own_log.ts";
import { after } from "../host/timer.ts";
import type { Index } from "../index/entries.ts";
import { openIndex } from "../index/open_index.ts";
import { type Policies, policiesOf } from "../index/policies.ts";
import { gatesOf, type NamedGate, openStanding } from "../index/open_standing.ts";
import type { Program } from "../plugin/program.ts";
import { beginCreate, type Create, LeftToAnother, type PlanResult, reached } from "../plan/create.ts";
import { auditCreate } from "../plan/audit_create.ts";
import { warnOfMissed } from "../plan/decide.ts";
import { planCreate } from "../plan/plan.ts";
import { recordBypassed, recordRefusal } from "../plan/record_entry.ts";
import { type Bypass, readBypass } from "../state/bypass.ts";
import { readChain } from "./chain.ts";
import { checkContainerId, isContainerId } from "./container_id.ts";
import { createCallOf, foundCallOf } from "./create_call.ts";
import { isPlanned } from "./planned_before.ts";
import type { RuntimeCall } from "./runtime_call.ts";

/** What whoever calls may know and want to know. */
export interface Around {
  /** The last index, where it has just been read. */
  last?: Index;
  /** An index that was found current a moment ago; no other is looked for then. */
  current?: Index;
  /** As that of {@linkcode Create}. */
  asking?: Create["asking"];
  /** Whether this process plans this one container alone, and in an isolate that it starts as soon as it can. */
  early?: boolean;
  /** Where plugins from the disk are asked; by default in an isolate of this create's own. */
  isolates?: Create["isolates"];
  /** Whether the service plans it. Default: no, since no launcher stands in front. */
  planned?: Create["planned"];
  /** How a turn to plan is waited for; by default among all processes of this host. */
  takeTurn?: Create["takeTurn"];
}

const NOTHING: PlanResult = { outcome: "unchanged" };

/**
 * Plans the container and writes its config.json, unless the bypass is on.
 *
 * @param call A complete one.
 * @throws {Failure} cannot-start, with the reason and what to do
 * @throws {LeftToAnother} as of {@linkcode Create}'s isolates
 */
export async function beforeCreate(
  host: Host,
  program: Program,
  call: RuntimeCall,
  { last, current, ...around }: Around,
): Promise<PlanResult> {
  const create = beginCreate(host, program, createCallOf(host, call), around);
  const { id, operation } = create.call;
  const standing: NamedGate[] = [];
  try {
    const policies = await openPolicies(host, create, standing, { last, current });
    reached(create, "index");
    if (!policies) {
      if (isContainerId(id)) await recordBypassed(host, create);
      await auditCreate(host, create, "bypassed");
      return NOTHING;
    }
    const result = await plan(host, create, policies, call);
    if (result !== NOTHING) await auditCreate(host, create, "allowed");
    create.log("info", `config.json ${result.outcome}`, { container: id, operation });
    return result;
  } catch (thrown) {
    if (thrown instanceof LeftToAnother) throw thrown;
    const why = standing.length > 0 ? despiteBypass(asFailure(thrown), standing) : asFailure(thrown);
    const full = failure("cannot-start", { id, why: why.what, remedy: why.remedy }, { cause: thrown });
    create.log("error", full.message, { container: id });
    await record(host, create, why);
    await auditCreate(host, create, "refused", why);
    throw full;
  }
}

/**
 * @param standing Gates that stand though the bypass is on are added to it.
 * @returns undefined where the bypass is on and no gate is to be asked
 */
async function openPolicies(
  host: Host,
  create: Create,
  standing: NamedGate[],
  { last, current }: Pick<Around, "last" | "current">,
): Promise<Policies | undefined> {
  const { program } = create;
  const bypass = readBypass(host);
  const index = bypass ? await openStanding(host, program) : current ?? await openIndex(host, program, last);
  if (index) {
    create.log = openLog(host, index.config.log);
    create.auditLog = index.config.auditLog;
  }
  if (bypass) {
    create.bypass = true;
    warnOfBypass(create, bypass);
  }
  if (!index) return undefined;
  // Now: once plugins were asked, nothing can be imported any more.
  if (bypass) standing.push(...await gatesOf(host, index));
  const policies = policiesOf(index, program.builtin);
  if (!bypass || policies.plugins.length > 0) return policies;
  // Nobody is left to ask, so that nothing else need be read.
  for (const missed of policies.missed) warnOfMissed(create, missed);
  return undefined;
}

function warnOfBypass({ log, call }: Create, { until }: Bypass): void {
  const end = until ? `until ${new Date(until).toISOString()}` : "until it is switched off";
  log("warn", `bypass is on ${end}: only gates that are not bypassable are asked`, { container: call.id });
}

async function plan(
  host: Host,
  create: Create,
  policies: Policies,
  asked: RuntimeCall,
): Promise<PlanResult> {
  const { log } = create;
  const container = create.call.id;
  checkContainerId(container);
  if (asked.ours.length > 0) {
    log("warn", "--hook-spec and --add-hook are not followed yet, and were taken out", { container });
  }
  const call = create.call = foundCallOf(host, asked);
  if (isPlanned(host, readChain(host), call)) {
    log("debug", "planned already by container-hooks further up the chain", { container });
    return NOTHING;
  }
  return await withinDeadline(host, create, policies, () => planCreate(host, create, policies));
}

/**
 * Why nothing happened is asked of the journal, so it has an entry also of what never came to be planned. A
 * planning that was too slow may still be under way: its entry is left to it, and the refusal has one of its own.
 */
async function record(host: Host, create: Create, why: Failure): Promise<void> {
  if (!isContainerId(create.call.id)) return;
  const apart = {
    token: host.randomToken(),
    records: [...create.records],
    written: undefined,
    late: undefined,
  };
  await recordRefusal(host, why.code === "deadline" ? { ...create, ...apart } : create, why);
}

/**
 * The whole create has one limit, below the two minutes after which a kubelet gives up and tries again. Some of it
 * is left for planning, however long the making of the index took.
 */
async function withinDeadline<T>(
  host: Host,
  create: Create,
  { config: { deadline } }: Policies,
  work: () => Promise<T>,
): Promise<T> {
  const left = deadline - (host.uptime() - create.began) / 1000;
  const limit = Math.max(left, 1) * 1000;
  // For what never comes back to the event loop, such as reading a file of a dead file system.
  const why = failure("deadline", { what: "planning", seconds: deadline });
  const end = host.killAfter(limit + 1000, why.message);
  const { promise: late, reject } = Promise.withResolvers<never>();
  using _timer = after(limit, () => {
    create.late = true;
    reject(why);
  });
  const result = await Promise.race([work(), late]);
  // Where it fails, this process has only to say so: until it is gone, its end is certain.
  end[Symbol.dispose]();
  return result;
}
