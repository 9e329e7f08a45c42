/**
 * The code of plugins that have handlers for a container: copied beside the journal when the container is planned,
 * so that what becomes of the plugin cache, which is made again, does not matter to a container that lives.
 *
 *     RUN/code/SHA256/...              one content, as it lies in the plugin cache
 *     RUN/code/.new-TIME-TOKEN/...     being copied
 *     RUN/code/.old-TOKEN.SHA256/...   being removed
 *
 * A folder belongs to every journal entry that names it, and goes when none does.
 */
import { nameOf } from "../core/path.ts";
import { failure } from "../errors.ts";
import { discardTree } from "../host/discard_tree.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { systemReason } from "../host/system_reason.ts";
import { isLeftBehind, UNFINISHED, unfinishedName } from "../host/unfinished.ts";
import { type JournalEntry, listEntries } from "./journal.ts";

const WHAT = "code of handlers";
/** Bytes of one module. */
const LIMIT = 64 * 1024 * 1024;
const REMOVING = ".old-";

function codeFolder(host: Host): string {
  return `${runFolder(host)}/code`;
}

/**
 * Gets the path of the code that is in the folder `cached` of the plugin cache, once {@linkcode keepCode} has been
 * called.
 */
export function keptCodePath(host: Host, cached: string): string {
  return `${codeFolder(host)}/${nameOf(cached)}`;
}

/**
 * Keeps the code, where it is not kept yet. The journal entry that names it is written before: then a sweep that
 * goes on at the same time sees the entry, or has taken the folder away already and it is copied anew here.
 *
 * @param cached Its folder in the plugin cache.
 * @throws {Failure} file-unwritable, untrusted, and the file-* of reading
 */
export function keepCode(host: Host, cached: string): void {
  const folder = keptCodePath(host, cached);
  if (host.lstat(folder)) return;
  makePrivateFolder(host, codeFolder(host));
  const making = `${codeFolder(host)}/${unfinishedName(host)}`;
  try {
    copyFolder(host, cached, making);
    settle(host, making, folder);
  } finally {
    discardTree(host, making);
  }
}

function copyFolder(host: Host, from: string, to: string): void {
  writing(to, () => host.makeFolder(to, 0o700));
  for (const { name, kind } of host.readFolder(from)) {
    if (kind === "a folder") copyFolder(host, `${from}/${name}`, `${to}/${name}`);
    else copyFile(host, `${from}/${name}`, `${to}/${name}`);
  }
}

function copyFile(host: Host, from: string, to: string): void {
  const { bytes } = readTrusted(host, from, "file of the plugin cache", LIMIT);
  writing(to, () => {
    using file = host.createNew(to, 0o600);
    file.write(bytes);
  });
}

/** Two creates may copy the same content at once; the second finds the first one's, which is as good. */
function settle(host: Host, making: string, folder: string): void {
  writing(folder, () => {
    try {
      host.rename(making, folder);
    } catch (error) {
      if (!host.lstat(folder)) throw error;
    }
  });
}

function writing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw failure("file-unwritable", { what: WHAT, path, why: systemReason(error) }, { cause: error });
  }
}

/**
 * Removes what no entry of the journal names.
 *
 * @param known Entries that were just read, so that the others have to be read only where these do not name all.
 */
export function sweepCode(host: Host, known: readonly JournalEntry[]): void {
  const folder = codeFolder(host);
  if (!host.lstat(folder)) return;
  const names = host.readFolder(folder).map(({ name }) => name);
  for (const name of names.filter((name) => isLeftBehind(host, folder, name))) {
    discardTree(host, `${folder}/${name}`);
  }
  const isUnnamed = (entries: readonly JournalEntry[]) => {
    const named = namedCode(entries);
    return (name: string) => !named.has(`${folder}/${name}`);
  };
  const unnamed = names.filter((name) => !name.startsWith(UNFINISHED)).filter(isUnnamed(known));
  if (unnamed.length === 0) return;
  for (const name of unnamed.filter(isUnnamed(listEntries(host)))) sweepOne(host, folder, name);
}

/** Taken out of the way first: an entry that was written meanwhile is seen by the look that follows. */
function sweepOne(host: Host, folder: string, name: string): void {
  const isLeftOver = name.startsWith(REMOVING);
  const hash = isLeftOver ? name.slice(name.indexOf(".", REMOVING.length) + 1) : name;
  const aside = isLeftOver ? name : `${REMOVING}${host.randomToken()}.${name}`;
  if (!isLeftOver) host.rename(`${folder}/${name}`, `${folder}/${aside}`);
  const isNamed = namedCode(listEntries(host)).has(`${folder}/${hash}`);
  if (isNamed && !host.lstat(`${folder}/${hash}`)) host.rename(`${folder}/${aside}`, `${folder}/${hash}`);
  else discardTree(host, `${folder}/${aside}`);
}

/** Folders of code that handlers of these entries are called with; of a refused create, none is. */
export function namedCode(entries: readonly JournalEntry[]): Set<string> {
  const records = entries.filter(({ outcome }) => outcome === "edited").flatMap(({ plugins }) => plugins);
  return new Set(records.flatMap(({ handlers }) => handlers?.code ? [handlers.code.folder] : []));
}
