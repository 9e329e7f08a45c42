/**
 * The OCI runtime that engines call: looks at create, run and restore, hands everything else to the real one.
 *
 * It ends by becoming the real runtime (execv), so pid, descriptors, exit status and signals are the runtime's
 * own.
 */
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { execute, withholdDescriptors } from "../host/libc.ts";
import { lastIndex } from "../plan/index.ts";
import { readEngineLog } from "./command_line.ts";
import { findRuntime } from "./find_runtime.ts";
import { reportFailure } from "./report.ts";
import { readCall, readSettings, type Start } from "./settings.ts";

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
    const runtimes = settings.index?.config.runtimes ?? lastIndex(host)?.config.runtimes ?? USUAL_RUNTIMES;
    const runtime = findRuntime(host, runtimes, start.self);
    const call = readCall(host, runtime, argv);
    if (call?.complete) {
      const { beforeCreate } = await import("./before_create.ts");
      const release = withholdDescriptors();
      await beforeCreate(host, { call, settings, runtime, start });
      release();
    }
    execute(runtime, [runtime, ...call?.argv ?? argv], start.inherited);
  } catch (thrown) {
    const why = asFailure(thrown);
    reportFailure(host, readEngineLog(argv), why);
    return why.status;
  }
}
