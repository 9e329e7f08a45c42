/** Which files change, and what is on record of them before and after: reads, and writes nothing but backups. */
import type { ConfiguredRuntimes, FileChange, RuntimeEntry } from "./engine_configuration.ts";
import { isOurProgram } from "./our_entries.ts";
import type { Host } from "../../host/host.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Site } from "./engine_control.ts";
import { type BytesChange, missingFolders, realPlace } from "./file_changes.ts";
import { readBytes } from "./engine_files.ts";
import { factsOf } from "./find_sites.ts";
import type { ChangedFile, Configured, ConfiguredEntry, Original } from "./ledger.ts";

/** A default of somebody else's that ours takes the place of. */
export interface ReplacedDefault {
  name: string;
  /** Its program; absent where the engine fills it in. */
  path?: string;
}

/** What is about to be done to the configuration of one engine. */
export interface ChangePlan {
  changes: BytesChange[];
  /** On record while the files are being changed. */
  during: Configured | undefined;
  /** On record afterwards. */
  after: Configured | undefined;
  /** Where something else than ours and the engine's own was the default. */
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
  const after: Configured = {
    engine: configuration.engine,
    file,
    entries: [...(recorded?.entries ?? []).filter(({ name }) => name !== entry.name), own],
    files: await Promise.all(changes.map((change) => changedFile(host, change, recorded, isNew))),
  };
  const untouched = recorded?.files.filter(({ file }) => !changes.some((change) => change.file === file)) ??
    [];
  after.files.push(...untouched);
  // Ours by somebody else's hand, and nothing to add: there is nothing that we could take back.
  const record = changes.length === 0 ? recorded : after;
  const replaces = replaced === undefined ? undefined : foreignDefault(before, replaced, entry);
  return { changes, during: record, after: record, ...(replaces === undefined ? {} : { replaces }) };
}

/** What is to be told of a default that goes: runc is what ours stands in front of anyway. */
function foreignDefault(
  { runtimes }: ConfiguredRuntimes,
  name: string,
  entry: RuntimeEntry,
): ReplacedDefault | undefined {
  const path = runtimes.find((runtime) => runtime.name === name)?.path;
  if (isOurProgram(path, entry) || name === "runc") return undefined;
  return { name, ...(path === undefined ? {} : { path }) };
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

async function originalOf(host: Host, file: string, before: Uint8Array | undefined): Promise<Original> {
  const status = before && host.lstat(realPlace(host, file));
  if (!before || !status) return "absent";
  const { uid, gid, mode } = status;
  return { sha256: await sha256(before), uid, gid, mode };
}

/** With the texts that stand there from now on, while the engine lets go of our runtime and afterwards. */
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
