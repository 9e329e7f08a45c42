/** Putting a plan in place: first the journal entry, then the mark for the start, then one rename. */
import type { mergeEdits } from "../edits/merge.ts";
import { sha256 } from "../core/sha256.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";
import { openEvents } from "../state/events.ts";
import { keepCode, keptCodePath } from "../state/handler_code.ts";
import { type JournalEntry, writeEntry } from "../state/journal.ts";
import { forgetOriginal, keepOriginal } from "../state/originals.ts";
import { markedForStart, markForStart } from "../state/start_marks.ts";
import { type BundleConfig, editConfig, writeConfig } from "./config_file.ts";
import { type Create, hasStart, type PlanResult, reached, refuseUnlessAwaited } from "./create.ts";
import { entryOf, recordQuietly } from "./record_entry.ts";

/**
 * Records a plan in the journal and writes config.json.
 *
 * @throws {Failure} where it cannot be recorded or written: then config.json is as it was
 */
export async function writePlan(
  host: Host,
  create: Create,
  config: BundleConfig,
  edits: ReturnType<typeof mergeEdits>,
): Promise<PlanResult["outcome"]> {
  const edited = await editConfig(config, edits);
  reached(create, "edit");
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
  reached(create, "journal");
  for (const folder of cached) keepCode(host, folder);
  const isPlain = entry.container.engine === "none";
  if (isPlain) await keepQuietly(host, create, entry);
  if (marks) markForStart(host, create.call.id, create.token);
  refuseUnlessAwaited(host, create);
  if (changed) writeConfig(host, config, edited.text, temporary);
  if (changed && isPlain) await forgetOriginal(host, config.path, await sha256(config.found));
  reached(create, "rename");
  writeDownRest(host, create, entry);
  return "edited";
}

/** The entry is older than what comes behind it. */
function writeDownRest(host: Host, { token, steps }: Create, entry: JournalEntry): void {
  using events = openEvents(host, runFolder(host), token);
  events.write({ event: "planned", steps: steps.slice(entry.steps!.length) });
}

/** A bundle that goes with its container, as most do, needs none of this. */
async function keepQuietly(host: Host, { log }: Create, entry: JournalEntry): Promise<void> {
  try {
    await keepOriginal(host, entry);
  } catch (thrown) {
    log("warn", asFailure(thrown).message, { container: entry.container.id });
  }
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
