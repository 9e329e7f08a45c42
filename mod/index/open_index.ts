/**
 * The compiled index: one file with all that a create needs to know before it asks a plugin.
 *
 * It holds the merged configuration, each plugin's manifest and checked options, and what every file and folder
 * was that these were made from. While all of those are the same, a create reads this one file; once one has
 * changed, the create that notices makes the index anew. It can be removed at any time.
 */
import { configPath } from "../config/sources.ts";
import { VERSION } from "../core/version.ts";
import { Failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { hasPassed } from "../host/span.ts";
import { stateFolder } from "../host/our_folders.ts";
import { isWhole } from "../plugin/cached.ts";
import type { Program } from "../plugin/program.ts";
import { unchanged } from "../plugin/sources.ts";
import { type Index, INDEX_FORMAT } from "./entries.ts";

/** Bytes; some hundred plugins. */
const SIZE_LIMIT = 16 * 1024 * 1024;

/**
 * Milliseconds after which a broken plugin is tried again though nothing has changed: its trouble may have been
 * a full disk or a machine without memory.
 */
const RETRY_AFTER = 10_000;

/** How many times as long as the last making nothing is tried again: trying must not be all that creates do. */
const RETRY_SHARE = 10;

/**
 * Gets the index, made anew if anything that it was made from has changed.
 *
 * Any number of processes may do this at once: each makes the same and puts it in place as a whole. Where it
 * cannot be kept (no space, read-only), it is made for this call alone.
 *
 * @param kept The last index, where it has just been read.
 * @throws {Failure} where the configuration is wrong, or what is kept is not root's alone
 */
export async function openIndex(
  host: Host,
  program: Program,
  kept = lastIndex(host),
): Promise<Index> {
  if (kept && isCurrent(host, kept)) return kept;
  const { makeIndex } = await import("./make_index.ts");
  return await makeIndex(host, program, kept);
}

/** Gets the index that was made last, whatever has become of the configuration and the plugins since. */
export function lastIndex(host: Host): Index | undefined {
  return read(host, indexPath(stateFolder(host)));
}

/** Gets the place of the index in the state folder. */
export function indexPath(folder: string): string {
  return `${folder}/index.json`;
}

/** What was kept; undefined where there is nothing that this version can use. */
function read(host: Host, path: string): Index | undefined {
  try {
    const { bytes } = readTrusted(host, path, "plugin index", SIZE_LIMIT);
    const index: Index = JSON.parse(new TextDecoder().decode(bytes));
    return isIndex(index) ? index : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    // Exchanged while it was opened: another create has just made a new one.
    const absent = error instanceof Failure &&
      (error.code === "file-missing" || error.code === "file-changed");
    if (absent) return undefined;
    throw error;
  }
}

/** What another build of this version wrote may have another shape, and so may what a broken disk gives back. */
function isIndex(value: Partial<Index> | null): boolean {
  return value?.format === INDEX_FORMAT && value.version === VERSION && Array.isArray(value.plugins) &&
    Array.isArray(value.sources) && Array.isArray(value.config?.runtimes);
}

/** Whether the configuration is what it was when the index was made. */
export function hasCurrentConfig(host: Host, index: Index): boolean {
  return index.config.path === configPath(host) && unchanged(host, index.sources, index.builtAt);
}

/** Whether nothing has changed that the index was made from. */
export function isCurrent(host: Host, index: Index): boolean {
  if (!hasCurrentConfig(host, index) || mayHaveMended(host, index)) return false;
  const gone = index.plugins.some((plugin) =>
    plugin.state === "ready" && plugin.cached && !isWhole(host, plugin.cached)
  );
  if (gone) return false;
  return unchanged(host, index.plugins.flatMap(({ sources }) => sources), index.builtAt);
}

function mayHaveMended(host: Host, { plugins, doneAt, took }: Index): boolean {
  if (!plugins.some(({ state }) => state === "broken")) return false;
  return hasPassed(host, doneAt, Math.max(RETRY_AFTER, RETRY_SHARE * took));
}
