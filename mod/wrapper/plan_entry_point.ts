/**
 * The entry point that the launcher calls before a create: plans, and says how that ended; the launcher then becomes
 * the runtime.
 *
 *     plan --launcher=VERSION --runtime PATH --parent PID --cold WHY -- THE-RUNTIME'S-ARGUMENTS
 *
 * WHY says in words for people why the service does not plan it.
 */
import { asFailure, Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { PlanResult } from "../plan/create.ts";
import type { Program } from "../plugin/program.ts";
import type { Around } from "./before_create.ts";
import { beforeRuntime } from "./before_runtime.ts";
import { readEngineLog } from "./command_line.ts";
import { findRuntime } from "./find_runtime.ts";
import { CHANNEL, LAUNCHER_VERSION, STATUS } from "./launcher_contract.ts";
import { reportFailure } from "./report.ts";
import { readCall, type RuntimeCall } from "./runtime_call.ts";

/** @returns one of `STATUS`; any other status of this process means that the container must not start */
export async function runPlanEntryPoint(
  host: Host,
  program: Program,
  args: readonly string[],
): Promise<number> {
  const argv = args.slice(args.indexOf("--") + 1);
  let runtime: string | undefined;
  try {
    const options = readOptions(args);
    ({ runtime } = options);
    host.endWithParent(options.parent);
    host.withholdDescriptors();
    findRuntime(host, [runtime], program.file);
    const call = await readCall(host, runtime, argv);
    const around = { planned: { warm: false, why: options.cold } as const };
    const { outcome, token } = call
      ? await beforeRuntime(host, program, call, { ...around, ...telling(host, call) })
      : NOTHING;
    if (token !== undefined) tell(host, `entry ${token}`);
    return end(host, outcome === "edited" ? "edited" : "nothing", call?.ours);
  } catch (thrown) {
    reportFailure(host, readEngineLog(argv, runtime), asFailure(thrown));
    return end(host, "refused");
  }
}

/** The result for a command line that cannot be read, and that the bypass lets through as it is. */
const NOTHING: PlanResult = { outcome: "unchanged" };

/** Tells what the program is about, at once and at every turn. */
function telling(host: Host, call: RuntimeCall): Around {
  if (!call.complete) return {};
  const container = `container ${call.id}`;
  tell(host, container);
  return {
    early: true,
    asking(plugin) {
      tell(host, `plugin ${plugin}`);
      return { [Symbol.dispose]: () => tell(host, container) };
    },
  };
}

function readOptions(args: readonly string[]): { runtime: string; parent: number; cold: string } {
  const [, version, runtimeWord, runtime, parentWord, parent, coldWord, cold, end] = args;
  const known = version === `--launcher=${LAUNCHER_VERSION}` && runtimeWord === "--runtime" &&
    parentWord === "--parent" && coldWord === "--cold" && end === "--";
  if (!known || runtime === undefined || cold === undefined) throw failure("launcher-version", {});
  return { runtime, parent: Number(parent), cold };
}

/** Milliseconds within which a process that has told its end is gone, whatever keeps it. */
const ENDING = 10_000;

/** Tells the outcome. @returns the status that says the same */
function end(host: Host, outcome: keyof typeof STATUS, ours: readonly number[] = []): number {
  limitEnding(host);
  tell(host, ["end", outcome, ...ours].join(" "));
  return STATUS[outcome];
}

/** Where the system has no timer left, that is no reason to refuse: no plugin was asked then, and none keeps us. */
function limitEnding(host: Host): void {
  try {
    host.killAfter(ENDING);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
  }
}

function tell(host: Host, line: string): void {
  host.writeTo(CHANNEL, `${line}\n`);
}
