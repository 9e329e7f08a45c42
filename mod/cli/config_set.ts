/**
 * `container-hooks config set`: new values in the files that decide, all else as it was.
 *
 * A key is written where it will count: in the last file that has it, which may be one of conf.d, otherwise in
 * config.toml. Every text is complete and checked before the first file is replaced.
 */
import type { Context } from "../command/context.ts";
import { printJson } from "../command/output.ts";
import { type Assignment, parseAssignment } from "../config/assignment.ts";
import { placeOf } from "../config/config.ts";
import { lineOf } from "../config/place.ts";
import { type TomlValue, writeKey, writeValue } from "../toml/write.ts";
import { failure } from "../errors.ts";
import {
  assign,
  checkDraft,
  type Draft,
  readDrafts,
  textOf,
  withoutMark,
  writeDraft,
} from "./config_draft.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
  output?: string;
}

/** A value that was set, and where. */
interface Done extends Assignment {
  draft: Draft;
  line?: number;
}

/** Sets every key, or none. */
export async function set(this: Context, flags: Flags, ...words: string[]): Promise<void> {
  const assignments = words.map(parseAssignment);
  if (flags.output !== undefined) return await writeElsewhere(this, flags.output, assignments);
  if (assignments.length === 0) throw failure("usage", { why: "`config set` takes at least one KEY=VALUE" });
  const { main, drafts, sources } = readDrafts(this.host);
  const done: Done[] = [];
  for (const assignment of assignments) {
    const place = await placeOf(this.host, sources, assignment.key);
    const draft = drafts.find(({ file }) => file === place?.file) ?? main;
    assign(draft, assignment);
    done.push({ ...assignment, draft });
  }
  const changed = drafts.filter(({ before, after }) => after !== (before ?? ""));
  for (const draft of changed) await checkDraft(draft);
  for (const each of done) each.line = await lineOf(withoutMark(each.draft.after), each.key);
  if (!flags.dryRun) { for (const draft of changed) writeDraft(this.host, draft); }
  await tell(this, flags, done, changed);
}

async function tell(
  { host }: Context,
  { json, dryRun }: Flags,
  done: readonly Done[],
  changed: readonly Draft[],
): Promise<void> {
  if (json) {
    const set = done.map(({ key, value, draft: { file }, line }) => ({
      key: writeKey(key),
      value,
      file,
      line,
    }));
    return printJson(host, { dryRun, set });
  }
  if (dryRun) return await printDiff({ host }, changed);
  for (const { key, value, draft, line } of done) {
    const before = changed.includes(draft) ? "" : ", as before";
    host.stdout(`${writeKey(key)} = ${writeValue(value as TomlValue)} in ${draft.file}:${line}${before}\n`);
  }
}

async function printDiff({ host }: Pick<Context, "host">, drafts: readonly Draft[]): Promise<void> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  for (const { file, before, after } of drafts) {
    const from = before === undefined ? "/dev/null" : file;
    const headers = { headerOptions: FILE_HEADERS_ONLY };
    host.stdout(createTwoFilesPatch(from, file, before ?? "", after, undefined, undefined, headers));
  }
}

/** config.toml with the new values, where somebody wants to have it; the real one stays as it is. */
async function writeElsewhere(
  { host }: Context,
  output: string,
  assignments: readonly Assignment[],
): Promise<void> {
  const draft = textOf(readDrafts(host).main);
  for (const assignment of assignments) assign(draft, assignment);
  await checkDraft(draft);
  if (output === "-") return host.stdout(withoutMark(draft.after));
  const file = output.startsWith("/") ? output : `${host.cwd()}/${output}`;
  writeDraft(host, { ...draft, file });
}
