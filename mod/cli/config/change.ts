/**
 * Giving keys of the configuration new values: each where it will count, all of them or none.
 *
 * A key is written in the last file that has it, which may be one of conf.d, otherwise in config.toml. Every text is
 * complete, and the configuration as it would be is judged as `config check` does, before the first file is replaced.
 */
import type { Assignment } from "../../config/assignment.ts";
import { whereSet } from "../../config/config.ts";
import type { Host } from "../../host/host.ts";
import type { ProgramParts } from "../program_context.ts";
import type { KeyPath } from "../../config/where_set.ts";
import { assign, checkDraft, type ConfigDraft, readDrafts, unassign, writeDraft } from "./draft.ts";
import { refuseWorse } from "./problems.ts";

/** A value that is to be set, and in which file. */
export interface Placed extends Assignment {
  draft: ConfigDraft;
}

/** A change that was judged, and not written yet. */
export interface Change {
  placed: Placed[];
  /** Files that become others. */
  changed: ConfigDraft[];
}

/**
 * Makes a change, and judges it.
 *
 * @param judged "unjudged" where it is about a plugin that is not there yet.
 * @throws {Failure} config-edit, config-refused, those of `readDrafts`
 */
export async function planChange(
  host: Host,
  parts: ProgramParts,
  assignments: readonly Assignment[],
  judged: "judged" | "unjudged" = "judged",
): Promise<Change> {
  const { main, drafts, sources } = readDrafts(host);
  const placed: Placed[] = [];
  for (const assignment of assignments) {
    const place = await whereSet(host, sources, assignment.key);
    const draft = drafts.find(({ file }) => file === place?.file) ?? main;
    assign(draft, assignment);
    placed.push({ ...assignment, draft });
  }
  return { placed, changed: await judge(host, parts, drafts, judged) };
}

/**
 * Takes keys and tables out of every file, and judges what is left.
 *
 * @returns files that become others
 * @throws {Failure} config-edit, config-refused, those of `readDrafts`
 */
export async function planRemoval(
  host: Host,
  parts: ProgramParts,
  keys: readonly KeyPath[],
): Promise<ConfigDraft[]> {
  const { drafts } = readDrafts(host);
  for (const draft of drafts) for (const key of keys) unassign(draft, key);
  return await judge(host, parts, drafts, "judged");
}

async function judge(
  host: Host,
  parts: ProgramParts,
  drafts: readonly ConfigDraft[],
  judged: "judged" | "unjudged",
): Promise<ConfigDraft[]> {
  const changed = drafts.filter(({ before, after }) => after !== (before ?? ""));
  for (const draft of changed) await checkDraft(draft);
  if (changed.length > 0 && judged === "judged") await refuseWorse(host, parts, changed);
  return changed;
}

/** Writes files one after the other; where one cannot be, those before it are as they were. @throws {Failure} file-unwritable */
export function writeAll(host: Host, drafts: readonly ConfigDraft[]): void {
  const written: ConfigDraft[] = [];
  try {
    for (const draft of drafts) {
      writeDraft(host, draft);
      written.push(draft);
    }
  } catch (thrown) {
    for (const draft of written.reverse()) takeBack(host, draft);
    throw thrown;
  }
}

/** Puts back what was there before a file was written. @throws {Failure} file-unwritable */
export function takeBack(host: Host, { file, before, after }: ConfigDraft): void {
  if (before === undefined) host.remove(file);
  else writeDraft(host, { file, before: after, after: before });
}
