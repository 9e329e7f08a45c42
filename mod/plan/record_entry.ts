/** The journal entry of a create: what was decided, or why it was refused. */
import { asFailure, type Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { type JournalEntry, removeEntry, writeEntry } from "../state/journal.ts";
import type { CreateRequest, Draft, Planning } from "./planning.ts";

/** What a record is made with. */
export type Recording = Pick<Planning, "program" | "log">;

/** The entry of a create that came to `outcome`. */
export function entryOf(
  host: Host,
  planning: Recording,
  request: CreateRequest,
  draft: Draft,
  outcome: Pick<JournalEntry, "outcome" | "config"> & { failure?: string },
): JournalEntry {
  return {
    format: 1,
    token: draft.token,
    created: host.now(),
    program: planning.program,
    ...outcome,
    container: {
      id: request.id,
      names: draft.identity?.names ?? [],
      engine: draft.identity?.engine ?? "unknown",
      image: draft.identity?.image.name,
      bundle: request.bundle,
      operation: request.operation,
      runtime: request.runtime,
    },
    plugins: draft.records,
    ...(draft.dispatch ? { dispatch: draft.dispatch } : {}),
  };
}

/** What stops nothing must not stop a container because it cannot be recorded. */
export async function recordQuietly(host: Host, log: Log, entry: JournalEntry): Promise<void> {
  try {
    await writeEntry(host, entry);
  } catch (thrown) {
    log("warn", asFailure(thrown).message, { container: entry.container.id });
  }
}

/** Records that the create was refused, and why. */
export async function recordRefusal(
  host: Host,
  planning: Recording,
  request: CreateRequest,
  draft: Draft,
  why: Failure,
): Promise<void> {
  // What was to be done is not done: its mark and what a later create would find of it go too.
  if (draft.written) await removeEntry(host, draft.written).catch(() => {});
  const hash = draft.config?.hash ?? "";
  const entry = entryOf(host, planning, request, draft, {
    outcome: "refused",
    failure: why.message,
    config: { path: request.configFile, before: hash, after: hash, temporary: "", inverse: [] },
  });
  await recordQuietly(host, planning.log, entry);
}
