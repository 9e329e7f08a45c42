/**
 * `container-hooks dispatch STAGE --journal FILE`: what a runtime calls as a hook, with the state on standard
 * input. Which plugins have handlers, and how they were planned, is in the journal entry; nothing else is read.
 *
 * The service does the same for the script of a hook. Standard output stays empty. What fails is one line each on
 * stderr, which the engine's user reads, and in our own log.
 */
import { asFailure, type Failure, failure } from "../errors.ts";
import type { HandlerStage, State } from "../core/oci.ts";
import type { Host } from "../host/host.ts";
import { about, type Log, openLog } from "../host/own_log.ts";
import { type DispatchCall, readDispatchCall } from "../entry_points.ts";
import { readEntry, runFolderOf } from "../state/journal.ts";
import type { StageNote } from "../state/stages_at_work.ts";
import type { BuiltIns } from "../plugin/built_in.ts";
import { atStage } from "./at_stage.ts";
import { dispatch } from "./dispatch.ts";
import type { StageRun } from "./handler_run.ts";
import { checkOwner, readState } from "./state.ts";

/** What main.ts has for it, and what the service adds. */
export interface Equipment extends Pick<StageRun, "lend" | "gone"> {
  builtin: BuiltIns;
  /** The module that isolates start with. */
  module: string;
  /** Notes that the handlers are about to be called, so that it is known where this process is killed. */
  note?(call: DispatchCall, state: State): StageNote;
}

/** @returns the exit status: 0 only where every handler did its work, or failed and may */
export async function runDispatch(
  host: Host,
  args: readonly string[],
  equipment: Equipment,
): Promise<number> {
  let log: Log = () => {};
  const tell = (why: Failure) => {
    log("error", why.message);
    host.stderr(`container-hooks: ${why.message}\n`);
  };
  try {
    host.withholdDescriptors();
    const call = readDispatchCall(args);
    if (call.lost) {
      const { takeBackLost } = await import("./lost.ts");
      return await takeBackLost(host, call, equipment);
    }
    const { stage, entry: path } = call;
    const state = await readState(host);
    if (!host.lstat(path)) return withoutEntry(stage, state, path, tell);
    const entry = readEntry(host, path);
    if (entry.dispatch) log = about(openLog(host, entry.dispatch.log), { container: state.id });
    checkOwner(host, entry, state);
    const { note: begin, ...around } = equipment;
    const note = begin?.(call, state);
    const failures = await dispatch(
      { ...around, host, log, stage, state, run: runFolderOf(path), note },
      entry,
    );
    for (const why of failures) tell(atStage(stage, state, why));
    const status = failures.length === 0 ? 0 : 1;
    note?.ended(status);
    return status;
  } catch (thrown) {
    const why = asFailure(thrown);
    tell(why);
    return why.status;
  }
}

/** Fails where the journal entry is gone, since nobody knows then what is to be done; at poststop it only says so. */
function withoutEntry(stage: HandlerStage, state: State, path: string, tell: (why: Failure) => void): number {
  tell(atStage(stage, state, failure("journal-gone", { path })));
  return stage === "poststop" ? 0 : 1;
}
