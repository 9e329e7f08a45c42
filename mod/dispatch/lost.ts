/**
 * A stage whose handlers the service was calling when it was killed: nothing of it is done again, the caller learns
 * of it by a sentence, and what is on record is taken back.
 *
 * What a handler registered with `undo` is gone with its isolate. A plugin's poststop handler puts away what it did
 * by what it keeps and carries, and may be called once more than once: at createRuntime it is called at once, since
 * not every runtime calls it for a container that was never started.
 */
import { type Failure, failure } from "../errors.ts";
import type { DispatchCall } from "../entry_points.ts";
import type { Host } from "../host/host.ts";
import { about, openLog } from "../host/own_log.ts";
import { type JournalEntry, readEntry, runFolderOf } from "../state/journal.ts";
import { isAtWork, type StageAtWork, takeStage } from "../state/stages_at_work.ts";
import { atStage } from "./at_stage.ts";
import { dispatch } from "./dispatch.ts";
import type { Equipment } from "./entry_point.ts";

/**
 * Takes back what is on record of the stage that this process waited for, and tells.
 *
 * @returns the exit status, never 0
 * @throws {Failure} where the journal entry cannot be read
 */
export async function takeBackLost(
  host: Host,
  { stage, entry: path }: DispatchCall,
  { builtin, module }: Equipment,
): Promise<number> {
  const entry = readEntry(host, path);
  const run = runFolderOf(path);
  const { token, container: { id } } = entry;
  const left = takeStage(host, { run, token, stage, pid: host.pid() });
  const log = entry.dispatch ? about(openLog(host, entry.dispatch.log), { container: id }) : () => {};
  const tell = (why: Failure) => {
    log("error", why.message);
    host.stderr(`container-hooks: ${why.message}\n`);
  };
  const { next, then, isCalled } = afterLost(stage, left);
  const lost = failure("handlers-lost", { plugins: left?.plugins.slice(-1) ?? [], stage, next });
  tell(atStage(stage, { id }, lost));
  if (!then) return 1;
  const state = {
    ociVersion: "1.0.0",
    id,
    bundle: entry.container.bundle,
    ...left?.state,
    status: "stopped",
  };
  const around = { host, log, builtin, module, run, stage: then, state };
  for (const why of await dispatch(around, entry, isCalled)) tell(atStage(then, { id }, why));
  return 1;
}

/** What is done about it. */
interface AfterLost {
  /** In words. */
  next: string;
  /** Stage whose handlers are called; none where there is nothing to call. */
  then?: "poststop";
  /** Whether that of a plugin is. */
  isCalled(plugin: string): boolean;
}

function afterLost(stage: DispatchCall["stage"], left: StageAtWork | undefined): AfterLost {
  const wasCalled = (plugin: string) => left?.plugins.includes(plugin) === true;
  if (stage === "poststop") {
    // Each has had its turn where all had ended and only the caller had not heard of it.
    const isCalled = (plugin: string) => left?.ended === undefined && !wasCalled(plugin);
    return { next: "the handlers that had not been called are called now", then: "poststop", isCalled };
  }
  if (!left || left.plugins.length === 0) return { next: "nothing had been done", isCalled: wasCalled };
  // A stage that has failed had taken back all of it before its end.
  const failed = left.ended !== undefined && left.ended !== 0;
  if (failed) return { next: "what had been done was taken back", isCalled: wasCalled };
  const byWhom = "by the plugins' poststop handlers";
  if (stage !== "createRuntime") {
    return { next: `what had been done is put away ${byWhom} when the container ends`, isCalled: wasCalled };
  }
  return { next: `what had been done is taken back ${byWhom}`, then: "poststop", isCalled: wasCalled };
}

/**
 * Tells what became of handlers at `start` that the service had begun to call for a caller; they are not called
 * again.
 *
 * @param pid The process that waits, or waited, for them.
 * @returns what is to be said where they are lost; "done" where all were called; undefined where none was
 * @throws {Failure} start-going-on where they are being called
 */
export function lostStart(
  host: Host,
  run: string,
  { token, container: { id } }: JournalEntry,
  pid: number,
): Failure | "done" | undefined {
  const key = { run, token, stage: "start", pid } as const;
  if (isAtWork(host, key)) throw failure("start-going-on", { id });
  const left = takeStage(host, key);
  if (!left) return undefined;
  if (left.ended === 0) return "done";
  const next = "the container is removed, and its poststop handlers put away what had been done";
  return failure("handlers-lost", { plugins: left.plugins.slice(-1), stage: "start", next });
}
