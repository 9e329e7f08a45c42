/** `container-hooks config set`: new values in the files that decide, all else as it was. */
import { printJson } from "../kit/output.ts";
import { type Assignment, parseAssignment } from "../../config/assignment.ts";
import { lineOf } from "../../config/where_set.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { type TomlValue, writeKey, writeValue } from "../../text/toml/write.ts";
import { type Placed, planChange, writeAll } from "./change.ts";
import { assign, checkDraft, type ConfigDraft, readDrafts, textOf, withoutMark } from "./draft.ts";
import { findTarget, textAt, writeTarget } from "./output.ts";
import { refuseWorse } from "./problems.ts";
import type { ProgramContext } from "../program_context.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
  output?: string;
}

/** A value that was set, and where. */
interface Done extends Placed {
  line?: number;
}

/** Sets every key, or none. */
export async function set(this: ProgramContext, flags: Flags, ...words: string[]): Promise<void> {
  const { host } = this;
  const assignments = lastOfEach(words.map(parseAssignment));
  if (flags.output !== undefined) return await writeElsewhere(this, flags, flags.output, assignments);
  if (assignments.length === 0) throw failure("usage", { why: "`config set` takes at least one KEY=VALUE" });
  const { placed, changed } = await planChange(host, this, assignments);
  if (!flags.dryRun) writeAll(host, changed);
  await tell(host, flags, placed, changed);
}

/** Keeps the later value of a key that was given twice. */
function lastOfEach(assignments: readonly Assignment[]): Assignment[] {
  return [...new Map(assignments.map((each) => [writeKey(each.key), each])).values()];
}

async function tell(
  host: Host,
  { json, dryRun }: Flags,
  done: readonly Done[],
  changed: readonly ConfigDraft[],
): Promise<void> {
  for (const each of done) each.line = await lineOf(withoutMark(each.draft.after), each.key);
  if (json) {
    const set = done.map(({ key, value, draft: { file }, line }) => ({
      key: writeKey(key),
      value,
      file,
      line,
    }));
    return printJson(host, { dryRun, set });
  }
  if (dryRun) return await printDiffs(host, changed);
  for (const { key, value, draft, line } of done) {
    const before = changed.includes(draft) ? "" : ", as before";
    host.stdout(`${writeKey(key)} = ${writeValue(value as TomlValue)} in ${draft.file}:${line}${before}\n`);
  }
}

/** Prints what would change. */
export async function printDiffs(host: Host, drafts: readonly ConfigDraft[]): Promise<void> {
  const { printDiff, unifiedDiff } = await import("../kit/diff.ts");
  for (const { file, before, after } of drafts) printDiff(host, unifiedDiff(file, before, after));
}

/**
 * config.toml with the new values, where somebody wants to have it. It may be for another machine, so the plugins and
 * files of this one are not asked, unless it is named itself.
 */
async function writeElsewhere(
  context: ProgramContext,
  flags: Flags,
  output: string,
  assignments: readonly Assignment[],
): Promise<void> {
  const { host } = context;
  const draft = textOf(readDrafts(host).main);
  for (const assignment of assignments) assign(draft, assignment);
  await checkDraft(draft);
  const target = findTarget(host, output);
  if (target?.file === draft.file) await refuseWorse(host, context, [draft]);
  const made = target ? { ...draft, file: target.file, before: textAt(host, target) } : draft;
  if (!flags.dryRun) {
    if (target) writeTarget(host, target, made.after);
    else if (flags.json) throw failure("usage", { why: "--json and --output - both want standard output" });
    else return host.stdout(withoutMark(made.after));
  }
  await tell(host, flags, assignments.map((assignment) => ({ ...assignment, draft: made })), [made]);
}
