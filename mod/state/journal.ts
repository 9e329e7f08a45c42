/**
 * What was decided for a container: one file per create, named by a random token, never by the container's id,
 * which is untrusted text.
 *
 *     RUN/journal/TOKEN.json     the entry
 *     RUN/journal/TOKEN.events   what happened to the container afterwards: events.ts
 *     RUN/journal/written/KEY    the entry's file again, found by what it wrote and where
 *
 * The second name is how a later create of the same bundle finds the original text of its config.json. Both are JSON in
 * which bigints are tagged (text/json/write_tagged.ts), so that a handler gets back exactly what its plugin said.
 */
import { sha256 } from "../core/sha256.ts";
import type { HookEdit } from "../edits/hook.ts";
import type { Edit } from "../edits/kinds.ts";
import type { Json } from "../core/plain_data.ts";
import type { TextPatch } from "../text/json/json_text.ts";
import { readTaggedJson } from "../text/json/read_tagged.ts";
import { writeTaggedJson } from "../text/json/write_tagged.ts";
import type { Needs } from "../core/manifest.ts";
import type { HandlerStage } from "../core/oci.ts";
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import { discard, readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { LogSettings } from "../host/own_log.ts";
import { hasPassed, hasPassedByClock } from "../host/span.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { eventsPath } from "./events.ts";
import { forgetStages } from "./stages_at_work.ts";
import { unmarkForStart } from "./start_marks.ts";

/** A record of what one plugin decided. */
export interface PluginRecord {
  name: string;
  version: string;
  /** Whether its `when` held; where not, it was not asked. */
  selected: boolean;
  /** Asked, and without an answer that could be used. */
  failed?: true;
  /** Why its `when` held or not, its `note`, its failure. */
  reasons: string[];
  edits: Edit[];
  deny?: string[];
  carry?: Json;
  /** What its handlers are called with, where it has any for this container. */
  handlers?: HandlersRecord;
}

/**
 * A plugin as it was when the container was planned: its handlers are called like this whatever happens to the
 * plugin, to the configuration or to the program meanwhile.
 */
export interface HandlersRecord {
  stages: readonly HandlerStage[];
  /** The folder that its code is kept in, and the author's; absent for a plugin that is part of the program. */
  code?: { folder: string; root: string; entry: string };
  options: Record<string, unknown>;
  needs: Needs;
  /** Milliseconds for each of them. */
  timeout: number;
  onError: "fail" | "warn";
}

/** Who planned a create: the service, or a program that was started for it, and then why not the service. */
export type PlannedBy = { warm: true } | { warm: false; why: string };
/**
 * A step that was done, as milliseconds after the request came to the program. It began when the one before it was
 * done, unless that is said: plugins may be asked at once.
 */
export type PlanStep = readonly [name: string, done: number, began?: number];

/** What was decided for one container. */
export interface JournalEntry {
  format: 1;
  token: string;
  /** Milliseconds since 1970. */
  created: number;
  /** The host's uptime then; absent from entries of earlier versions. */
  uptime?: number;
  /** Version of the program that wrote it. */
  program: string;
  outcome: "edited" | "unchanged" | "refused" | "bypassed";
  /** The sentence, where it was refused. */
  failure?: string;
  /** Absent from entries of versions that had no service. */
  planned?: PlannedBy;
  /** By which message of the catalogue in errors.ts it was refused, and by which plugin, where one did. */
  refusedBy?: { rule: string; plugin?: string };
  /** Whether the bypass was on, so that gates which stand all the same were asked alone. */
  bypass?: true;
  /** The steps of planning in their order, each once it was done. */
  steps?: PlanStep[];
  container: {
    id: string;
    names: readonly string[];
    engine: string;
    image?: string;
    /** What is not known of it, each with the reason: "labels: podman's database was not found". */
    unknown?: readonly string[];
    /** Of Kubernetes: where it runs, and the container's name in the pod; none of a sandbox. */
    pod?: { namespace: string; name: string; container?: string };
    bundle: string;
    /** `root.path` of config.json: with docker it shows where that keeps its records. */
    rootfs?: string;
    /** Where containerd keeps its records of it: the link in the bundle that says so goes with the container. */
    engineRoot?: string;
    operation: string;
    runtime: string;
  };
  /** How the runtime was called, so that it can be asked later what became of the container. */
  asked?: {
    /** Absolute path of the runtime. */
    runtime: string;
    /** Its `--root`. */
    root?: string;
    /** Absolute path of the file in which it says why it failed. */
    log?: string;
  };
  plugins: PluginRecord[];
  /** What calls the handlers of the plugins: hooks of our own, and where it logs. */
  dispatch?: { hooks: HookEdit[]; log: LogSettings; auditLog?: string };
  config: {
    path: string;
    /** SHA-256 of the text that was found, after our own earlier edits were taken back. */
    before: string;
    /** SHA-256 of the text that was written. */
    after: string;
    /** The file that was written beside it, one left over by a kill is removed with the entry; may be empty. */
    temporary: string;
    /** What turns the written text back into the original. */
    inverse: TextPatch[];
  };
}

/** Bytes. */
const ENTRY_LIMIT = 64 * 1024 * 1024;
const encoder = new TextEncoder();

/** Gets the journal's folder. */
export function journalFolder(host: Host): string {
  return `${runFolder(host)}/journal`;
}

/** Gets the path of an entry's file. */
export function entryPath(host: Host, token: string): string {
  return `${journalFolder(host)}/${token}.json`;
}

/** Gets the run folder that an entry is in. */
export function runFolderOf(entry: string): string {
  return entry.replace(/\/journal\/[^/]*$/, "");
}

/** The second name of what was written at a path. */
async function writtenPath(host: Host, path: string, after: string): Promise<string> {
  return `${journalFolder(host)}/written/${await sha256(`${path}\0${after}`)}`;
}

/**
 * Writes an entry; what it describes may happen only afterwards.
 *
 * @throws {Failure} file-unwritable, file-too-large
 */
export async function writeEntry(host: Host, entry: JournalEntry): Promise<string> {
  const path = entryPath(host, entry.token);
  const bytes = encoder.encode(`${writeTaggedJson(entry)}\n`);
  // Nothing that nobody would read again may fill the memory that the run folder is in.
  if (bytes.length > ENTRY_LIMIT) {
    throw failure("file-too-large", {
      what: "journal entry",
      path,
      size: bytes.length,
      limit: ENTRY_LIMIT,
    });
  }
  makePrivateFolder(host, `${journalFolder(host)}/written`);
  writeNew(host, path, bytes);
  if (entry.outcome === "edited") {
    const second = await writtenPath(host, entry.config.path, entry.config.after);
    linkInstead(host, path, second);
  }
  return path;
}

/** Gives a file a second name, in place of what had it. */
function linkInstead(host: Host, path: string, second: string): void {
  try {
    host.link(path, second);
  } catch {
    // An earlier create of the same bundle wrote the same text.
    discard(host, second);
    try {
      host.link(path, second);
    } catch {
      // Another one was faster: its entry says the same.
    }
  }
}

/** Leaves nothing of its own behind where it fails, and what was there already as it was. */
function writeNew(host: Host, path: string, bytes: Uint8Array): void {
  let made = false;
  try {
    using file = host.createNew(path, 0o600);
    made = true;
    file.write(bytes);
  } catch (error) {
    if (made) discard(host, path);
    throw failure("file-unwritable", { what: "journal entry", path, why: systemReason(error) }, {
      cause: error,
    });
  }
}

/**
 * Gets the entry that wrote this very text at this very path, where there is one.
 *
 * @param after SHA-256 of the text.
 */
export async function findWritten(
  host: Host,
  path: string,
  after: string,
): Promise<JournalEntry | undefined> {
  const second = await writtenPath(host, path, after);
  return isThere(host, second) ? readEntry(host, second) : undefined;
}

/**
 * Tells whether a path is there.
 *
 * @throws {Failure} journal-unreadable where this process may not look, as one that is not root's
 */
function isThere(host: Host, path: string): boolean {
  try {
    return host.lstat(path) !== undefined;
  } catch (error) {
    throw failure("journal-unreadable", { path, why: systemReason(error) }, { cause: error });
  }
}

/**
 * Reads an entry of the journal.
 *
 * @throws {Failure} where it is missing, not root's, or not an entry of this format
 */
export function readEntry(host: Host, path: string): JournalEntry {
  const { bytes } = readTrusted(host, path, "journal entry", ENTRY_LIMIT);
  const entry = parseEntry(bytes);
  if (!entry) {
    const format = formatOf(bytes);
    throw failure("file-unreadable", {
      what: "journal entry",
      path,
      why: format > FORMAT
        ? `a newer container-hooks has written it, in format ${format}; install that version again`
        : `it is not a whole entry of format ${FORMAT}`,
    });
  }
  return entry;
}

/** The format that is written and read. */
const FORMAT = 1;

/** Gets the number of an entry's format; 0 where it cannot be told. */
function formatOf(bytes: Uint8Array): number {
  try {
    const { format } = readTaggedJson(new TextDecoder().decode(bytes), "journal entry") as JournalEntry;
    return Number.isSafeInteger(format) ? format : 0;
  } catch {
    return 0;
  }
}

/** Lists the entries of living containers that a newer version has planned, by the paths of their files. */
export function livingNewer(host: Host): string[] {
  const folder = journalFolder(host);
  return namesIn(host, folder).filter((name) => name.endsWith(".json")).map((name) => `${folder}/${name}`)
    .filter((path) => isNewerAndLives(host, path));
}

/**
 * Tells whether a newer version has written this entry, of a container whose bundle is there: its handlers are called by
 * that version, which reads the entry.
 */
export function isNewerAndLives(host: Host, path: string): boolean {
  try {
    const { bytes } = readTrusted(host, path, "journal entry", ENTRY_LIMIT);
    if (formatOf(bytes) <= FORMAT) return false;
    const { config } = readTaggedJson(new TextDecoder().decode(bytes), "journal entry") as Partial<
      JournalEntry
    >;
    // Where it says otherwise which file it was, nobody here can tell.
    return typeof config?.path !== "string" || host.lstat(config.path) !== undefined;
  } catch {
    return false;
  }
}

function parseEntry(bytes: Uint8Array): JournalEntry | undefined {
  try {
    const entry = readTaggedJson(new TextDecoder().decode(bytes), "journal entry") as JournalEntry;
    return entry?.format === 1 && Array.isArray(entry.plugins) ? entry : undefined;
  } catch {
    // Cut short by a full disk or a kill.
    return undefined;
  }
}

/**
 * Lists all entries that can be read, newest first.
 *
 * @throws {Failure} journal-unreadable where this process may not look, as one that is not root's
 */
export function listEntries(host: Host): JournalEntry[] {
  const folder = journalFolder(host);
  return namesIn(host, folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readWhole(host, `${folder}/${name}`))
    .filter((entry) => entry !== undefined)
    .sort(newestFirst);
}

/** Tells whether an entry is older than so many milliseconds; of those of earlier versions the clock alone can tell. */
export function isOlder(host: Host, { uptime, created }: JournalEntry, milliseconds: number): boolean {
  return uptime === undefined
    ? hasPassedByClock(host, created, milliseconds)
    : hasPassed(host, uptime, milliseconds);
}

/** Orders entries; where the clock was set meanwhile, its times are in no order. */
export function newestFirst(a: JournalEntry, b: JournalEntry): number {
  const known = a.uptime !== undefined && b.uptime !== undefined;
  return known ? b.uptime! - a.uptime! : b.created - a.created;
}

/** Gets the texts of entries that a newer version has written, which this one cannot read. */
export function newerEntries(host: Host): string[] {
  const folder = journalFolder(host);
  return namesIn(host, folder).filter((name) => name.endsWith(".json")).flatMap((name) => {
    try {
      const { bytes } = readTrusted(host, `${folder}/${name}`, "journal entry", ENTRY_LIMIT);
      return formatOf(bytes) > FORMAT ? [new TextDecoder().decode(bytes)] : [];
    } catch {
      return [];
    }
  });
}

function namesIn(host: Host, folder: string): string[] {
  try {
    return host.lstat(folder) ? host.readFolder(folder).map(({ name }) => name) : [];
  } catch (error) {
    throw failure("journal-unreadable", { path: folder, why: systemReason(error) }, { cause: error });
  }
}

/** Gets the entry, or undefined where a sweep took it away meanwhile or a kill cut it short. */
export function readWhole(host: Host, path: string): JournalEntry | undefined {
  try {
    return readEntry(host, path);
  } catch {
    return undefined;
  }
}

/** Removes an entry, its second name, and what a kill may have left beside config.json. */
export async function removeEntry(host: Host, entry: JournalEntry): Promise<void> {
  if (entry.config.temporary) discard(host, entry.config.temporary);
  const second = await writtenPath(host, entry.config.path, entry.config.after);
  if (readWhole(host, second)?.token === entry.token) discard(host, second);
  unmarkForStart(host, entry.container.id, entry.token);
  discard(host, eventsPath(runFolder(host), entry.token));
  forgetStages(host, runFolder(host), entry.token);
  discard(host, entryPath(host, entry.token));
}
