/**
 * The OCI runtime that engines call: looks at create, run and restore, hands everything else to the real one.
 *
 * It ends by becoming the real runtime (execv), so pid, descriptors, exit status and signals are the runtime's
 * own.
 */
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Index } from "../index/entries.ts";
import type { PlanResult } from "../plan/create.ts";
import type { Program } from "../plugin/program.ts";
import { markedForStart } from "../state/start_marks.ts";
import type { beforeRuntime } from "./before_runtime.ts";
import { type Chain, CHAIN_VARIABLE, mayLeadBack, nextChain, readChain, refuseLoop } from "./chain.ts";
import { readEngineLog } from "./command_line.ts";
import { findRuntime } from "./find_runtime.ts";
import { reportFailure } from "./report.ts";
import { readCall, type RuntimeCall } from "./runtime_call.ts";
import { readRuntimes } from "./runtimes.ts";

/** What a call needs that has a part of ours; most calls have none, so that they do not load it. */
export interface OurPart {
  program: Program;
  beforeRuntime: typeof beforeRuntime;
}

/**
 * Does what the engine asked for.
 *
 * @param file The file of this program, which is no runtime.
 * @param load Gets what a call needs that has a part of ours.
 * @returns the exit status, where the runtime was not reached
 */
export async function runWrapper(
  host: Host,
  file: string,
  load: () => Promise<OurPart>,
  argv: readonly string[],
): Promise<number> {
  let runtime: string | undefined;
  try {
    const { runtimes, last } = await readRuntimes(host);
    runtime = findRuntime(host, runtimes, file);
    const chain = readChain(host);
    refuseLoop(chain, runtime);
    const call = await readCall(host, runtime, argv);
    const planned = call && hasOurPart(host, call) ? await doOurPart(host, load, call, last) : undefined;
    goOn(host, { ...chain, token: planned?.token ?? chain.token }, runtime);
    host.execute(runtime, [runtime, ...call?.argv ?? argv]);
  } catch (thrown) {
    const why = asFailure(thrown);
    reportFailure(host, readEngineLog(argv, runtime), why);
    return why.status;
  }
}

/** Whether a call makes a container, or starts one that is marked for that. */
function hasOurPart(host: Host, { complete, starts = [] }: RuntimeCall): boolean {
  return complete || markedForStart(host, starts).length > 0;
}

async function doOurPart(
  host: Host,
  load: () => Promise<OurPart>,
  call: RuntimeCall,
  last: Index | undefined,
): Promise<PlanResult> {
  const release = call.complete ? host.withholdDescriptors() : undefined;
  const { program, beforeRuntime } = await load();
  const result = await beforeRuntime(host, program, call, { last, early: true });
  release?.();
  return result;
}

/** What another of ours has to know, if this runtime leads to one. */
function goOn(host: Host, chain: Chain, runtime: string): void {
  if (mayLeadBack(runtime)) host.setEnv(CHAIN_VARIABLE, nextChain(chain));
  else if (chain.passed > 0) host.setEnv(CHAIN_VARIABLE, undefined);
}
