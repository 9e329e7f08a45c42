/**
 * Plugins ready to be imported, in folders named after their content:
 *
 *     plugins/<sha256>/load.js         imports the plugin when it is told to
 *                      originals.json  the author's texts, for messages
 *                      library.js      container-hooks/plugin
 *                      source/...      the plugin's files without their types
 *                      facts.json      what its code said about itself: its manifest, unchecked
 *
 * A folder appears whole or not at all, also when the power goes, and is never changed; one that a broken disk has
 * changed is made anew. All of them can be made again: what the handlers of a container are called with is copied
 * when it is planned (state/handler_code.ts).
 */
import { folderOf } from "../core/path.ts";
import { sha256 } from "../core/sha256.ts";
import { Failure, failure } from "../errors.ts";
import { discardTree } from "../host/discard_tree.ts";
import { systemReason } from "../host/system_reason.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { isLeftBehind, unfinishedName } from "../host/unfinished.ts";
import type { Originals } from "./explain.ts";
import type { GraphFile } from "./graph.ts";
import { cachedName, LIBRARY_MODULE, redirectImports } from "./imports.ts";
import { libraryModule } from "./library.ts";
import { LOADER_MODULE } from "./cached.ts";
import { ORIGINALS_FILE } from "./load.ts";

/** Bytes of the facts of one plugin. */
const FACTS_LIMIT = 1024 * 1024;

const FACTS = "facts.json";
/** Folder of the author's files; apart, so that none of them can take the place of a generated one. */
const SOURCE = "source";

/**
 * Finds the folder of this content, or makes it.
 *
 * @param base Folder that holds all of them; only root can write it.
 * @param learn Called once per content with the folder before it takes its name, to find out the facts.
 * @param beside Further modules at the top of the folder.
 * @returns the folder, its facts as JSON gave them back, and how many bytes each module has
 * @throws {Failure} file-unwritable, and what `learn` throws
 */
export async function cachePlugin<Facts>(
  host: Host,
  base: string,
  files: readonly GraphFile[],
  learn: (folder: string) => Promise<Facts>,
  beside: Readonly<Record<string, string>> = {},
): Promise<{ folder: string; facts: Facts; sizes: Record<string, number> }> {
  const modules = { ...modulesOf(files), ...beside };
  const folder = `${base}/${await hash(modules)}`;
  if (!holds(host, folder, modules)) {
    discardTree(host, folder);
    await make(host, base, folder, modules, learn);
  }
  const sizes = Object.fromEntries(
    Object.entries(modules).map(([name, text]) => [name, new TextEncoder().encode(text).length]),
  );
  return { folder, facts: JSON.parse(read(host, `${folder}/${FACTS}`, FACTS_LIMIT)), sizes };
}

function holds(host: Host, folder: string, modules: Record<string, string>): boolean {
  if (host.lstat(folder) === undefined) return false;
  try {
    JSON.parse(read(host, `${folder}/${FACTS}`, FACTS_LIMIT));
    return Object.entries(modules).every(([name, text]) => read(host, `${folder}/${name}`) === text);
  } catch (error) {
    if (error instanceof Failure && error.code === "untrusted") throw error;
    return false;
  }
}

function read(host: Host, path: string, limit = Infinity): string {
  const { bytes } = readTrusted(host, path, "file of the plugin cache", limit);
  return new TextDecoder().decode(bytes);
}

/** Gets the author's files by their names in the cache. */
export function originalsOf(files: readonly GraphFile[]): Originals {
  return Object.fromEntries(
    files.map(({ name, text }) => [`${SOURCE}/${cachedName(name)}`, { name, text }]),
  );
}

/** Lists everything that is imported, by its name in the folder; the first file is the plugin's entry. */
function modulesOf(files: readonly GraphFile[]): Record<string, string> {
  const entry = `./${SOURCE}/${cachedName(files[0]!.name)}`;
  const modules: Record<string, string> = {
    // Written out, so that the import needs no permission when it happens. The library is ours, and here already when
    // the plugin is asked.
    [LOADER_MODULE]: `import "./${LIBRARY_MODULE}";\nexport const load = () => import(${
      JSON.stringify(entry)
    });\n`,
    [ORIGINALS_FILE]: `${JSON.stringify(originalsOf(files))}\n`,
    [LIBRARY_MODULE]: libraryModule(),
  };
  for (const { name, code, imports } of files) {
    modules[`${SOURCE}/${cachedName(name)}`] = redirectImports(name, code, imports, "..");
  }
  return modules;
}

async function make(
  host: Host,
  base: string,
  folder: string,
  modules: Record<string, string>,
  learn: (folder: string) => Promise<unknown>,
): Promise<void> {
  const making = `${base}/${unfinishedName(host)}`;
  try {
    for (const [name, text] of Object.entries(modules)) write(host, `${making}/${name}`, text);
    write(host, `${making}/${FACTS}`, JSON.stringify(await learn(making)));
    settle(host, making, folder);
  } finally {
    discardTree(host, making);
  }
}

/** Two creates may make the same content at once; the second finds the first one's, which is as good. */
function settle(host: Host, making: string, folder: string): void {
  try {
    host.rename(making, folder);
  } catch (error) {
    if (host.lstat(folder) === undefined) throw unwritable(folder, error);
  }
}

function write(host: Host, path: string, text: string): void {
  try {
    host.makeFolder(folderOf(path), 0o700);
    using file = host.createNew(path, 0o600);
    file.write(new TextEncoder().encode(text));
    file.sync();
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): Error {
  return failure("file-unwritable", { what: "plugin cache", path, why: systemReason(error) }, {
    cause: error,
  });
}

/**
 * Removes contents that nobody uses.
 *
 * @param used Folders that may be in use, at this moment as well.
 */
export function sweepContents(host: Host, base: string, used: ReadonlySet<string>): void {
  if (host.lstat(base)?.kind !== "a folder") return;
  for (const { name } of host.readFolder(base)) {
    if (/^[0-9a-f]{64}$/.test(name) && !used.has(`${base}/${name}`)) discardTree(host, `${base}/${name}`);
  }
}

/** Removes what creates that were killed while making a folder left behind. */
export function sweepLeftOvers(host: Host, base: string): void {
  if (host.lstat(base)?.kind !== "a folder") return;
  for (const { name } of host.readFolder(base)) {
    if (isLeftBehind(host, base, name)) discardTree(host, `${base}/${name}`);
  }
}

async function hash(modules: Record<string, string>): Promise<string> {
  return await sha256(JSON.stringify(Object.entries(modules).sort(([a], [b]) => a < b ? -1 : 1)));
}
