/**
 * The OCI runtime that engines call: looks at create, run and restore, hands everything else to the real one.
 *
 * It ends by becoming the real runtime (execv), so pid, descriptors, exit status and signals are the runtime's
 * own.
 */
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../plugin/program.ts";
import { beforeRuntime } from "./before_runtime.ts";
import { type Chain, CHAIN_VARIABLE, mayLeadBack, nextChain, readChain, refuseLoop } from "./chain.ts";
import { readEngineLog } from "./command_line.ts";
import { findRuntime } from "./find_runtime.ts";
import { reportFailure } from "./report.ts";
import { readCall } from "./runtime_call.ts";
import { readRuntimes } from "./runtimes.ts";

/**
 * Does what the engine asked for.
 *
 * @returns the exit status, where the runtime was not reached
 */
export async function runWrapper(host: Host, program: Program, argv: readonly string[]): Promise<number> {
  let runtime: string | undefined;
  try {
    const { runtimes, last } = await readRuntimes(host);
    runtime = findRuntime(host, runtimes, program.file);
    const chain = readChain(host);
    refuseLoop(chain, runtime);
    const call = readCall(host, runtime, argv);
    const release = call?.complete ? host.withholdDescriptors() : undefined;
    const planned = call && await beforeRuntime(host, program, call, { last, early: true });
    release?.();
    goOn(host, { ...chain, token: planned?.token ?? chain.token }, runtime);
    host.execute(runtime, [runtime, ...call?.argv ?? argv]);
  } catch (thrown) {
    const why = asFailure(thrown);
    reportFailure(host, readEngineLog(argv, runtime), why);
    return why.status;
  }
}

/** What another of ours has to know, if this runtime leads to one. */
function goOn(host: Host, chain: Chain, runtime: string): void {
  if (mayLeadBack(runtime)) host.setEnv(CHAIN_VARIABLE, nextChain(chain));
  else if (chain.passed > 0) host.setEnv(CHAIN_VARIABLE, undefined);
}
