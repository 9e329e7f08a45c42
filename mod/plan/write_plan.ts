/** Putting a plan in place: first the journal entry, then the mark for the start, then one rename. */
import type { mergeEdits } from "../edits/merge.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { keepCode, keptCodePath } from "../state/handler_code.ts";
import { writeEntry } from "../state/journal.ts";
import { markedForStart, markForStart } from "../state/start_marks.ts";
import { type BundleConfig, editConfig, writeConfig } from "./config_file.ts";
import { type Create, hasStart, type PlanResult } from "./create.ts";
import { entryOf, recordQuietly } from "./record_entry.ts";

/** @throws {Failure} where it cannot be recorded or written: then config.json is as it was */
export async function writePlan(
  host: Host,
  create: Create,
  config: BundleConfig,
  edits: ReturnType<typeof mergeEdits>,
): Promise<PlanResult["outcome"]> {
  const edited = await editConfig(config, edits);
  const temporary = `${config.path}.container-hooks-${create.token}`;
  const changed = edited.text !== config.found;
  const cached = nameKeptCode(host, create);
  const entry = entryOf(host, create, {
    outcome: edits.length > 0 || hasStart(create) ? "edited" : "unchanged",
    config: {
      path: config.path,
      before: config.hash,
      after: edited.hash,
      temporary,
      inverse: edited.inverse,
    },
  });
  // An earlier container of this id may have been marked and never started: the newest mark counts.
  const marks = hasStart(create) || markedForStart(host, [create.call.id]).length > 0;
  if (entry.outcome === "unchanged" && !changed && !marks) {
    await recordQuietly(host, create.log, entry);
    return "unchanged";
  }
  create.written = entry;
  await writeEntry(host, entry);
  for (const folder of cached) keepCode(host, folder);
  if (marks) markForStart(host, create.call.id, create.token);
  refuseWithoutParent(host);
  if (changed) writeConfig(host, config, edited.text, temporary);
  return "edited";
}

/**
 * Lets the handlers' records name the code that is kept for them, not the plugin cache's.
 *
 * @returns folders of the plugin cache that are to be kept
 */
function nameKeptCode(host: Host, create: Create): Set<string> {
  const cached = new Set<string>();
  create.records = create.records.map((record) => {
    const { handlers } = record;
    if (!handlers?.code) return record;
    const { folder } = handlers.code;
    cached.add(folder);
    return {
      ...record,
      handlers: { ...handlers, code: { ...handlers.code, folder: keptCodePath(host, folder) } },
    };
  });
  return cached;
}

/** An engine that was killed must not find a container that it never heard of: the bundle stays as it was. */
function refuseWithoutParent(host: Host): void {
  if (host.orphaned()) throw failure("parent-gone", {});
}
