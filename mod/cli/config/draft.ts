/** The files of a configuration as texts that are being changed. */
import type { Assignment } from "../../config/assignment.ts";
import { configPath, type ConfigSource } from "../../config/config.ts";
import { DEFAULT_CONFIG } from "../../config/default_text.ts";
import { decodeToml, parseConfigFile } from "../../config/parse.ts";
import { readSources } from "../../config/sources.ts";
import type { KeyPath } from "../../config/where_set.ts";
import { setBelowComment } from "../../text/toml/below_comment.ts";
import type { TomlSource } from "../../text/toml/document.ts";
import { remove, setValue } from "../../text/toml/edit.ts";
import { type TomlValue, writeKey } from "../../text/toml/write.ts";
import { folderOf, nameOf, pathIn } from "../../core/path.ts";
import { Failure, failure } from "../../errors.ts";
import { replaceFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";

/** One file, before and after. */
export interface ConfigDraft {
  file: string;
  /** Undefined where there is none yet. */
  before: string | undefined;
  after: string;
}

/** What a change of the configuration begins with. */
export interface Drafts {
  /** config.toml, also among the drafts. */
  main: ConfigDraft;
  drafts: ConfigDraft[];
  sources: ConfigSource[];
}

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Reads the files of the configuration, to change them.
 *
 * @throws {Failure} those of `readSources`, config-syntax where a file is not UTF-8
 */
export function readDrafts(host: Host): Drafts {
  const path = configPath(host);
  const sources: ConfigSource[] = [];
  const drafts = readSources(host, path, sources).map(({ file, bytes }): ConfigDraft => {
    // A byte order mark stays where there is one.
    const before = (bytes[0] === 0xef ? BYTE_ORDER_MARK : "") + decodeToml(file, bytes);
    return { file, before, after: before };
  });
  const existing = drafts.find(({ file }) => file === path);
  const main = existing ?? { file: path, before: undefined, after: "" };
  return { main, drafts: existing ? drafts : [main, ...drafts], sources };
}

/** Gives a file that is not there yet the text that an installation would have given it. */
export function textOf(draft: ConfigDraft): ConfigDraft {
  return draft.before === undefined ? { ...draft, after: DEFAULT_CONFIG } : draft;
}

/** Gives a key its value in the draft's text. @throws {Failure} config-edit */
export function assign(draft: ConfigDraft, { key, value }: Assignment): void {
  edit(draft, key, (text, source) => {
    // First, since it refuses what is in the way.
    const besideOthers = setValue(text, source, [...key], value as TomlValue);
    return setBelowComment(text, source, key, value as TomlValue) ?? besideOthers;
  });
}

/** Takes a key or a table out of the draft's text, if it is there. @throws {Failure} config-edit */
export function unassign(draft: ConfigDraft, key: KeyPath): void {
  edit(draft, key, (text, source) => remove(text, source, key));
}

function edit(
  draft: ConfigDraft,
  key: KeyPath,
  change: (text: string, source: TomlSource) => string,
): void {
  const { file, after } = draft;
  try {
    draft.after = change(after, { reader: "container-hooks", file });
  } catch (thrown) {
    if (!(thrown instanceof Failure) || !thrown.code.startsWith("toml-")) throw thrown;
    const why = thrown.code === "toml-field"
      ? "a table stands where the value belongs, or a value where its table belongs"
      : "that file is written in a way that can be read, but not edited here";
    throw failure("config-edit", { file, key: writeKey(key), why }, { cause: thrown });
  }
}

/** Makes the refusal of a change that would lead to this failure. */
export function refused(cause: Failure): Failure {
  return failure("config-refused", { why: cause.what, remedy: cause.remedy }, { cause });
}

/** Checks a changed file as a create would read it. @throws {Failure} config-refused */
export async function checkDraft({ file, after }: ConfigDraft): Promise<void> {
  try {
    await parseConfigFile(file, new TextEncoder().encode(after));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw refused(thrown);
  }
}

/** Puts the text in the file's place, as a whole and for good. @throws {Failure} file-unwritable */
export function writeDraft(host: Host, { file, after }: ConfigDraft): void {
  const folder = folderOf(file);
  if (!host.lstat(folder)) host.makeFolder(folder, 0o755);
  const status = host.lstat(file);
  replaceFile(host, file, "configuration file", new TextEncoder().encode(after), {
    // A leading dot: what a kill leaves behind is no file of the configuration.
    temporary: pathIn(folder, `.${nameOf(file)}.${host.randomToken()}`),
    uid: status?.uid,
    gid: status?.gid,
    mode: status?.mode ?? 0o644,
    durable: true,
  });
}

/** Gets the text, without a byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
