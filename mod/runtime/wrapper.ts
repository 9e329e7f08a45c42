/**
 * The OCI runtime that engines call: looks at create, run and restore, hands everything else to the real one.
 *
 * It ends by becoming the real runtime (execv), so pid, descriptors, exit status and signals are the runtime's
 * own.
 */
import type { Operation } from "../core/oci.ts";
import { asFailure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { execute, type Inherited, withholdDescriptors } from "../host/libc.ts";
import { type Log, openLog } from "../host/own_log.ts";
import { readBypass } from "../journal/bypass.ts";
import { planCreate } from "../plan/plan.ts";
import { type Index, lastRuntimes, openIndex, type PluginTable } from "../plan/index.ts";
import { preparePlugins } from "../plan/prepare.ts";
import type { Program } from "../loader/extract_manifest.ts";
import { flavourOf, readCommandLine, readEngineLog, type RuntimeCall } from "./command_line.ts";
import { checkContainerId } from "./container_id.ts";
import { findRuntime } from "./find_runtime.ts";
import { absolute, reportFailure } from "./report.ts";

/** What main.ts knows about how we were started. */
export interface Start {
  /** The file of this program. */
  self: string;
  version: string;
  /** How this program is started again, to look at a plugin apart. */
  program: Program;
  inherited: Inherited;
  builtin: PluginTable;
}

/** Looked for where the configuration cannot be read and the call must go through all the same. */
const USUAL_RUNTIMES = ["runc", "docker-runc", "crun"];

/**
 * Does what the engine asked for.
 *
 * @returns the exit status, where the runtime was not reached
 */
export async function runWrapper(host: Host, argv: readonly string[], start: Start): Promise<number> {
  try {
    const settings = await readSettings(host, start);
    const runtimes = settings.index?.config.runtimes ?? lastRuntimes(host) ?? USUAL_RUNTIMES;
    const runtime = findRuntime(host, runtimes, start.self);
    const call = readCall(host, runtime, argv);
    if (call?.complete) await beforeCreate(host, call, settings, runtime, start);
    execute(runtime, [runtime, ...call?.argv ?? argv], start.inherited);
  } catch (thrown) {
    const why = asFailure(thrown);
    reportFailure(host, readEngineLog(argv), why);
    return why.status;
  }
}

/** Undefined where the command line cannot be read and the bypass lets it through as it is. */
function readCall(host: Host, runtime: string, argv: readonly string[]): RuntimeCall | undefined {
  try {
    return readCommandLine(flavourOf(runtime), argv);
  } catch (thrown) {
    if (readBypass(host)) return undefined;
    throw thrown;
  }
}

/** The configuration, or why it cannot be read: `state`, `kill` and `delete` must work all the same. */
interface Settings {
  index?: Index;
  broken?: unknown;
}

async function readSettings(host: Host, start: Start): Promise<Settings> {
  try {
    return { index: await openIndex(host, start.program, start.builtin) };
  } catch (broken) {
    return { broken };
  }
}

async function beforeCreate(
  host: Host,
  call: RuntimeCall,
  { index, broken }: Settings,
  runtime: string,
  start: Start,
): Promise<void> {
  const id = call.id!;
  try {
    const log = index ? openLog(host, index.config.log) : () => {};
    if (isBypassed(host, id, log)) return;
    if (!index) throw broken;
    checkContainerId(id);
    const release = withholdDescriptors();
    const outcome = await withinDeadline(index.config.deadline, plan(host, call, index, log, runtime, start));
    release();
    log("info", `config.json ${outcome}`, { container: id, operation: call.command! });
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
  log("warn", `bypass is on ${until}: nothing was done`, { container: id });
  return true;
}

async function plan(
  host: Host,
  call: RuntimeCall,
  index: Index,
  log: Log,
  runtime: string,
  start: Start,
): Promise<string> {
  const bundle = bundleOf(host, call);
  return await planCreate(
    host,
    {
      ...preparePlugins(index, start.builtin),
      concurrency: index.config.concurrency,
      program: start.version,
      log,
    },
    {
      id: call.id!,
      bundle,
      configFile: call.configFile === undefined ? `${bundle}/config.json` : absolute(host, call.configFile),
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
function withinDeadline<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure("deadline", { what: "planning", seconds })), seconds * 1000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
