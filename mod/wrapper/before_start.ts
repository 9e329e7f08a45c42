/**
 * What happens before the runtime hears that a container is to start: the handlers at `start`, for a container that
 * is marked.
 */
import { asFailure, type Failure, failure } from "../errors.ts";
import type { State } from "../core/oci.ts";
import { parseState, sameContainer } from "../dispatch/state.ts";
import type { Host } from "../host/host.ts";
import { openLog } from "../host/own_log.ts";
import { readBypass } from "../state/bypass.ts";
import { entryPath, type JournalEntry, readWhole } from "../state/journal.ts";
import { runFolder } from "../host/our_folders.ts";
import { type StageNote, waitingFor } from "../state/stages_at_work.ts";
import { unmarkForStart } from "../state/start_marks.ts";
import type { StageRun } from "../dispatch/handler_run.ts";
import type { Program } from "../plugin/program.ts";
import { removeCreated } from "./remove_created.ts";
import type { RuntimeCall } from "./runtime_call.ts";
import { runtimeEnvironment } from "./runtime_environment.ts";

/** Milliseconds; a runtime answers in ten. */
const STATE_TIMEOUT = 10_000;

/** What the service adds. */
export interface StartEquipment extends Pick<StageRun, "lend" | "gone"> {
  /** Notes that the handlers are about to be called, so that it is known where this process is killed. */
  note?(token: string, state: State): StageNote;
}

/**
 * Calls the handlers of the container.
 *
 * @param call One whose `starts` is set.
 * @param marked Tokens of the journal entries of containers that it may be about; at least one.
 * @throws {Failure} cannot-start or journal-gone: the runtime must not be called then
 */
export async function beforeStart(
  host: Host,
  program: Program,
  call: RuntimeCall,
  marked: readonly string[],
  equipment: StartEquipment = {},
): Promise<void> {
  if (readBypass(host)) return;
  const entries = marked.map((token) => entryOf(host, token)).sort((a, b) => b.created - a.created);
  const { id } = entries[0]!.container;
  const release = host.withholdDescriptors();
  try {
    const globals = call.argv.slice(0, call.argv.length - call.starts!.length - 1);
    const state = await stateOf(host, call.runtime, globals, id);
    // Others are of a container with the same id, under another root of the runtime; of this one's, all but the
    // newest are of earlier ones that never started.
    const own = entries.filter((entry) => sameContainer(host, entry, state));
    const [entry] = own;
    if (!entry) return;
    const failed = await callOnce(host, program, entry, state, equipment);
    if (failed) await removeAfter(failed, () => removeCreated(host, call.runtime, globals, id));
    for (const { token } of own) unmarkForStart(host, id, token);
    if (failed) throw failed;
  } catch (thrown) {
    const why = asFailure(thrown);
    throw failure("cannot-start", { id, why: why.what, remedy: why.remedy }, { cause: thrown });
  } finally {
    release();
  }
}

/** @throws {Failure} journal-gone: what was to be done is not known, and without it the container must not start */
function entryOf(host: Host, token: string): JournalEntry {
  const path = entryPath(host, token);
  const entry = readWhole(host, path);
  if (!entry) throw failure("journal-gone", { path });
  return entry;
}

/** Why it may not start comes first; that it could not be removed is said behind it. */
async function removeAfter({ what, remedy }: Failure, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (thrown) {
    const stays = asFailure(thrown);
    const both = { what: `${what}; and ${stays.what}`, remedy: `${stays.remedy}; ${remedy}` };
    throw failure("problem", both, { cause: thrown });
  }
}

/** @returns what failed; where it is nothing, the container may start */
async function callOnce(
  host: Host,
  program: Program,
  entry: JournalEntry,
  state: State,
  equipment: StartEquipment,
): Promise<Failure | undefined> {
  const run = runFolder(host);
  for (const pid of waitingFor(host, { run, token: entry.token, stage: "start" })) {
    const { lostStart } = await import("../dispatch/lost.ts");
    const lost = lostStart(host, run, entry, pid);
    if (lost === "done") return undefined;
    if (lost) return lost;
  }
  return await callHandlers(host, program, entry, state, equipment);
}

async function callHandlers(
  host: Host,
  { builtin, module }: Program,
  entry: JournalEntry,
  state: State,
  { note: begin, ...equipment }: StartEquipment,
): Promise<Failure | undefined> {
  const { dispatch } = await import("../dispatch/dispatch.ts");
  const log = entry.dispatch ? openLog(host, entry.dispatch.log) : () => {};
  const note = begin?.(entry.token, state);
  const around = { ...equipment, host, log, state, builtin, run: runFolder(host), module, note };
  const [first] = await dispatch({ ...around, stage: "start" }, entry);
  if (first) log("error", first.message, { container: state.id });
  note?.ended(first ? 1 : 0);
  return first;
}

/**
 * Asks the runtime for the state that a hook gets on standard input, with the options that stood in front of `start`.
 */
async function stateOf(host: Host, runtime: string, globals: string[], id: string): Promise<State> {
  const { status, stdout } = await host.run({
    path: runtime,
    args: [...globals, "state", id],
    env: runtimeEnvironment(host),
    timeout: STATE_TIMEOUT,
  });
  if (status !== 0) throw failure("state", { why: `could not be had of ${runtime} state` });
  return parseState(stdout);
}
