/** Which files change, and what is on record of them before and after: reads, and writes nothing but backups. */
import type {
  ConfiguredRuntimes,
  EngineConfiguration,
  EngineFacts,
  FileChange,
  RuntimeEntry,
} from "./engine_configuration.ts";
import { isOurProgram } from "./our_entries.ts";
import type { Host } from "../../host/host.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Site } from "./engine_control.ts";
import { type BytesChange, missingFolders, realPlace } from "./file_changes.ts";
import { readBytes } from "./engine_files.ts";
import { factsOf } from "./find_sites.ts";
import { findProgram } from "./programs.ts";
import type { ChangedFile, Configured, ConfiguredEntry, FileBefore } from "./ledger.ts";

/** A default of somebody else's that ours takes the place of. */
export interface ReplacedDefault {
  name: string;
  /** Its program; absent where none is named, and none of that name is there. */
  path?: string;
}

/** What is about to be done to the configuration of one engine. */
export interface ChangePlan {
  changes: BytesChange[];
  /** On record while the files are being changed. */
  during: Configured | undefined;
  /** On record afterwards. */
  after: Configured | undefined;
  /** The default that ours replaces. */
  replaces?: ReplacedDefault;
}

/** Puts `entry` in. @throws {Failure} where the engine's files are not what it accepts, or the name is taken */
export async function planConfigure(
  host: Host,
  site: Site,
  entry: RuntimeEntry,
  recorded: Configured | undefined,
): Promise<ChangePlan> {
  const { control: { configuration }, file } = site;
  const known = recorded?.entries.find(({ name }) => name === entry.name);
  const facts = await factsOf(host, site);
  const before = configuration.read(facts, file);
  const changes = configuration.configure(facts, file, { ...entry, earlier: known?.path }).map(toBytes);
  // A link that leads nowhere is found before anything is written.
  for (const change of changes) realPlace(host, change.file);
  const isNew = !before.runtimes.some(({ name }) => name === entry.name);
  const replaced = entry.setAsDefault && before.default !== entry.name ? before.default : undefined;
  const own: ConfiguredEntry = {
    name: entry.name,
    path: entry.path,
    previousDefault: replaced ?? known?.previousDefault,
  };
  const record = await recordAfter(host, site, changes, recorded, own, isNew);
  const replaces = entry.setAsDefault ? foreignDefault(host, configuration, before, entry) : undefined;
  return { changes, during: record, after: record, ...(replaces === undefined ? {} : { replaces }) };
}

/** What is on record once `changes` have put `own` in. */
async function recordAfter(
  host: Host,
  { control: { configuration: { engine } }, file }: Site,
  changes: readonly BytesChange[],
  recorded: Configured | undefined,
  own: ConfiguredEntry,
  isNew: boolean,
): Promise<Configured | undefined> {
  // Ours by somebody else's hand, and nothing to add: there is nothing that we could take back.
  if (changes.length === 0) return recorded;
  const entries = [...(recorded?.entries ?? []).filter(({ name }) => name !== own.name), own];
  const changed = await Promise.all(changes.map((change) => changedFile(host, change, recorded, isNew)));
  const untouched = recorded?.files.filter((one) => !changes.some((change) => change.file === one.file)) ??
    [];
  return { engine, file, entries, files: [...changed, ...untouched] };
}

/** What is to be told of a default that goes; undefined where ours is the default, under whatever name. */
function foreignDefault(
  host: Host,
  { ownDefaults = ["runc"] }: EngineConfiguration,
  { runtimes, default: named }: ConfiguredRuntimes,
  entry: RuntimeEntry,
): ReplacedDefault | undefined {
  const name = named ?? ownDefaults.find((one) => findProgram(host, one) !== undefined);
  if (name === undefined || name === entry.name) return undefined;
  const path = runtimes.find((runtime) => runtime.name === name)?.path;
  if (isOurProgram(path, entry)) return undefined;
  const place = path ?? findProgram(host, name);
  return { name, ...(place === undefined ? {} : { path: place }) };
}

/**
 * Takes out our runtime `name`: by giving the original back where all that changed since is ours, otherwise by
 * taking out what is ours.
 *
 * @param path Our program's path, where nothing is on record.
 * @param kept Reads a backup.
 */
export async function planUnconfigure(
  host: Host,
  site: Site,
  { name, path }: Pick<RuntimeEntry, "name" | "path">,
  recorded: Configured | undefined,
  kept: (hash: string) => Uint8Array,
): Promise<ChangePlan> {
  const { control: { configuration }, file } = site;
  const known = recorded?.entries.find((entry) => entry.name === name);
  const own = { name, path: known?.path ?? path };
  const facts = await factsOf(host, site);
  const edited = configuration.unconfigure(facts, file, own, known?.previousDefault).map(toBytes);
  if (!recorded) return { changes: edited, during: undefined, after: undefined };
  const entries = recorded.entries.filter((entry) => entry.name !== name);
  const whole = entries.length > 0 ? [] : await restored(host, recorded, kept);
  const changes = [...whole, ...edited.filter(({ file }) => !whole.some((change) => change.file === file))];
  const files = await Promise.all(
    recorded.files.map((one) => withTexts(one, changes.find(({ file }) => file === one.file), site)),
  );
  const after = entries.length > 0 ? { ...recorded, files, entries } : undefined;
  return { changes, during: { ...recorded, files }, after };
}

/**
 * Takes out our runtime `name` and leaves one of that name which is `runtime` itself, for the containers that have
 * it on record; the default goes back to what it was.
 *
 * @param entry Our program's path, where nothing is on record.
 */
export async function planKeepName(
  host: Host,
  site: Site,
  entry: Pick<RuntimeEntry, "name" | "path">,
  runtime: string,
  recorded: Configured | undefined,
): Promise<ChangePlan> {
  const { control: { configuration }, file } = site;
  const { name } = entry;
  const known = recorded?.entries.find((one) => one.name === name);
  const facts = await factsOf(host, site);
  const isNew = !configuration.read(facts, file).runtimes.some((one) => one.name === name);
  const own = { name, path: known?.path ?? entry.path };
  const out = configuration.unconfigure(facts, file, own, known?.previousDefault);
  const between = { ...facts, text: textAfter(facts, out) };
  const kept = { name, path: runtime, setAsDefault: false };
  const changes = joined(out, configuration.configure(between, file, kept)).map(toBytes);
  for (const change of changes) realPlace(host, change.file);
  const record = await recordAfter(
    host,
    site,
    changes,
    recorded,
    { name, path: runtime, isKeptName: true },
    isNew,
  );
  return { changes, during: record, after: record };
}

/** What the files say once `changes` are made. */
function textAfter({ text }: EngineFacts, changes: readonly FileChange[]): EngineFacts["text"] {
  const after = new Map(changes.map((change) => [change.file, change.after]));
  return (file) => after.has(file) ? after.get(file) : text(file);
}

/** Joins two changes of one file: what was there before the first, and what is there after the second. */
function joined(first: readonly FileChange[], second: readonly FileChange[]): FileChange[] {
  const files = new Set([...first, ...second].map(({ file }) => file));
  return [...files].flatMap((file) => {
    const changes = [...first, ...second].filter((change) => change.file === file);
    const whole = { file, before: changes[0]!.before, after: changes.at(-1)!.after };
    return whole.before === whole.after ? [] : [whole];
  });
}

/** The changes that give originals back. */
async function restored(
  host: Host,
  { files }: Configured,
  kept: (hash: string) => Uint8Array,
): Promise<BytesChange[]> {
  const changes = await Promise.all(files.map((one) => restore(host, one, kept)));
  return changes.filter((change) => change !== undefined);
}

/** The change that gives a file's original back; undefined where others have changed it since. */
async function restore(
  host: Host,
  { file, original, ours }: ChangedFile,
  kept: (hash: string) => Uint8Array,
): Promise<BytesChange | undefined> {
  const before = readBytes(host, file);
  if (original === undefined || before === undefined) return undefined;
  const now = await sha256(before);
  if (!ours.includes(now)) return undefined;
  if (original === "absent") return { file, before, after: undefined };
  return now === original.sha256
    ? undefined
    : { file, before, after: kept(original.sha256), owner: original };
}

/** What goes on record about a file that is about to be changed. */
async function changedFile(
  host: Host,
  { file, before, after }: BytesChange,
  recorded: Configured | undefined,
  isNew: boolean,
): Promise<ChangedFile> {
  const known = recorded?.files.find((one) => one.file === file);
  const ours = after === undefined ? [] : [await sha256(after)];
  const folders = missingFolders(host, file);
  if (known === undefined) {
    return { file, original: isNew ? await originalOf(host, file, before) : undefined, ours, folders };
  }
  const isIntact = await stands(known, before);
  return {
    file,
    original: isIntact ? known.original : undefined,
    ours: isIntact ? [...known.ours, ...ours] : ours,
    folders: [...new Set([...known.folders, ...folders])],
  };
}

/** Whether what stands there is the original or a text of ours. */
async function stands({ original, ours }: ChangedFile, now: Uint8Array | undefined): Promise<boolean> {
  if (now === undefined) return original === "absent";
  const hash = await sha256(now);
  return ours.includes(hash) || (typeof original === "object" && original.sha256 === hash);
}

async function originalOf(host: Host, file: string, before: Uint8Array | undefined): Promise<FileBefore> {
  const status = before && host.lstat(realPlace(host, file));
  if (!before || !status) return "absent";
  const { uid, gid, mode } = status;
  return { sha256: await sha256(before), uid, gid, mode };
}

/** Adds to a plan the texts that stand there from now on, while the engine lets go of our runtime and afterwards. */
async function withTexts(
  known: ChangedFile,
  change: BytesChange | undefined,
  { control, file }: Site,
): Promise<ChangedFile> {
  if (change === undefined) return known;
  const isIntact = await stands(known, change.before);
  const text = change.after && new TextDecoder("utf-8", { ignoreBOM: true }).decode(change.after);
  const passing = change.file === file ? control.textToLetGo?.(text, file) : undefined;
  const made = [change.after, passing].filter((one) => one !== undefined);
  return {
    ...known,
    original: isIntact ? known.original : undefined,
    ours: [...known.ours, ...await Promise.all(made.map(sha256))],
  };
}

function toBytes({ file, before, after }: FileChange): BytesChange {
  const encoder = new TextEncoder();
  return {
    file,
    before: before === undefined ? undefined : encoder.encode(before),
    after: after === undefined ? undefined : encoder.encode(after),
  };
}
