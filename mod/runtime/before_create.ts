/** What happens before a create, a run or a restore reaches the runtime; the same for wrapper and launcher. */
import type { Operation } from "../core/oci.ts";
import { asFailure, failure } from "../errors.ts";
import { holdProcess } from "../hold/process.ts";
import type { Host } from "../host/host.ts";
import { type Log, openLog } from "../host/own_log.ts";
import { after } from "../host/timer.ts";
import { readBypass } from "../journal/bypass.ts";
import type { Index } from "../plan/index_entries.ts";
import { lastIndex } from "../plan/plugin_index.ts";
import { planCreate } from "../plan/plan.ts";
import type { Outcome, Planning } from "../plan/planning.ts";
import { type Prepared, preparePlugins, prepareStanding } from "../plan/prepare.ts";
import { runtimeFeatures } from "../plan/runtime_features.ts";
import { readChain } from "./chain.ts";
import type { RuntimeCall } from "./command_line.ts";
import { checkContainerId } from "./container_id.ts";
import { isPlanned } from "./planned_before.ts";
import { absolute } from "./report.ts";
import type { Settings, Start } from "./settings.ts";

/** A call that the runtime will act upon, and what is known around it. */
export interface Creating {
  /** A complete one. */
  call: RuntimeCall;
  settings: Settings;
  /** Absolute path of the runtime. */
  runtime: string;
  start: Start;
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
  const { call, settings: { index, broken } } = creating;
  const id = call.id!;
  try {
    const log = index ? openLog(host, index.config.log) : () => {};
    const bypassed = isBypassed(host, id, log);
    // What was broken since must not switch off a gate that stands.
    const known = index ?? (bypassed ? lastIndex(host) : undefined);
    if (!known) {
      if (bypassed) return "unchanged";
      throw broken;
    }
    const prepared = (bypassed ? prepareStanding : preparePlugins)(known, creating.start.builtin);
    if (bypassed && prepared.plugins.length === 0) return "unchanged";
    checkContainerId(id);
    const outcome = await withinDeadline(
      host,
      known.config.deadline,
      () => plan(host, creating, known, prepared, log),
    );
    log("info", `config.json ${outcome}`, { container: id, operation: call.command! });
    return outcome;
  } catch (thrown) {
    const why = asFailure(thrown);
    const full = failure("cannot-start", { id, why: why.what, remedy: why.remedy }, { cause: thrown });
    if (index) openLog(host, index.config.log)("error", full.message, { container: id });
    throw full;
  }
}

function isBypassed(host: Host, id: string, log: Log): boolean {
  const bypass = readBypass(host);
  if (!bypass) return false;
  const until = bypass.until ? `until ${new Date(bypass.until).toISOString()}` : "until it is switched off";
  log("warn", `bypass is on ${until}: only gates that are not bypassable are asked`, { container: id });
  return true;
}

async function plan(
  host: Host,
  { call, runtime, start, asking, planned }: Creating,
  index: Index,
  prepared: Prepared,
  log: Log,
): Promise<Outcome> {
  const bundle = bundleOf(host, call);
  const configFile = call.configFile === undefined
    ? `${bundle}/config.json`
    : absolute(host, call.configFile);
  if (isPlanned(host, readChain(host), call.id!, configFile)) {
    log("debug", "planned already by container-hooks further up the chain", { container: call.id! });
    return "unchanged";
  }
  return await planCreate(
    host,
    {
      ...prepared,
      concurrency: index.config.concurrency,
      program: start.version,
      self: start.self,
      log,
      logSettings: index.config.log,
      workerModule: start.module,
      hold: () => holdProcess(host, log),
      features: () => runtimeFeatures(host, runtime),
      asking,
      planned,
    },
    {
      id: call.id!,
      bundle,
      configFile,
      operation: call.command as Operation,
      runtime: runtime.slice(runtime.lastIndexOf("/") + 1),
      root: call.root,
    },
  );
}

function bundleOf(host: Host, call: RuntimeCall): string {
  const path = call.bundle ? absolute(host, call.bundle) : host.cwd();
  const resolved = host.realPath(path);
  if (resolved === undefined) throw failure("bundle-missing", { path, why: "does not exist" });
  if (host.lstat(resolved)?.kind !== "a folder") {
    throw failure("bundle-missing", { path, why: "is not a folder" });
  }
  if (call.configFile === undefined && !host.lstat(`${resolved}/config.json`)) {
    throw failure("bundle-missing", { path, why: "has no config.json" });
  }
  return resolved;
}

/** The whole create has one limit, below the two minutes after which a kubelet gives up and tries again. */
async function withinDeadline<T>(host: Host, seconds: number, work: () => Promise<T>): Promise<T> {
  // For what never comes back to the event loop, such as reading a file of a dead file system.
  using _end = host.killAfter((seconds + 1) * 1000);
  const { promise: late, reject } = Promise.withResolvers<never>();
  using _timer = after(seconds * 1000, () => reject(failure("deadline", { what: "planning", seconds })));
  return await Promise.race([work(), late]);
}
