/**
 * What the handlers of a plugin keep on this host until its next start: one file for each value, in the run folder.
 *
 *     RUN/plugins/NAME/VALUE.json
 */
import type { Json } from "../core/plain_data.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";
import {
  readValue,
  VALUE_LIMIT,
  type ValueFolder,
  valueNames,
  valuePath,
  writeValue,
  wrongValue,
} from "./value_folder.ts";

/** They lie in memory, which all plugins share. */
const MOST = { values: 10_000, bytes: 32 * VALUE_LIMIT };

function folderOf(run: string, plugin: string): ValueFolder {
  const path = `${run}/plugins/${plugin}`;
  return { plugin, path, call: "keep", verb: "keeps", name: "a word", most: MOST, durable: false };
}

/** Gets the file that a plugin keeps a value in. */
export function keptPath(run: string, plugin: string, name: string): string {
  return valuePath(folderOf(run, plugin), name);
}

/**
 * Reads everything that a plugin keeps, by name.
 *
 * @param damaged told of each file that is no JSON, and is left out. Default: the first ends it
 * @throws {Failure} kept-root-alone, kept-damaged, untrusted, and the file-* of reading
 */
export function keptBy(
  host: Host,
  plugin: string,
  run: string,
  damaged: (failure: Failure) => void = (failure) => {
    throw failure;
  },
): Record<string, Json> {
  return withRights(plugin, () => {
    const folder = folderOf(run, plugin);
    const kept: [string, Json][] = [];
    for (const name of valueNames(host, folder)) {
      try {
        const value = readValue(host, folder, name);
        // Removed between the look at the folder and now: it is not kept any more.
        if (value !== undefined) kept.push([name, value]);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== "kept-damaged") throw error;
        damaged(error);
      }
    }
    return Object.fromEntries(kept);
  });
}

/**
 * Does work on the kept files of a plugin.
 *
 * @throws {Failure} kept-root-alone, where `work` may not do what it does
 */
function withRights<T>(plugin: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isDenied(error) && !isDenied((error as Error).cause)) throw error;
    throw failure("kept-root-alone", { plugin }, { cause: error });
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && error.name === "PermissionDenied";
}

/**
 * Keeps a value, replacing the one of that name as a whole; undefined removes it.
 *
 * @param name Of a plugin, as `value` is: both may be anything.
 * @throws {Failure} plugin where the name is none, or the value no data or too large; file-unwritable
 */
export function keep(host: Host, plugin: string, run: string, name: string, value: Json | undefined): void {
  const folder = folderOf(run, plugin);
  writeValue(host, folder, name, value, (why) => {
    // What all handlers of a plugin keep together has a limit: a full run folder would stop every create.
    throw wrongValue(folder, why, "remove what is not needed any more with keep(name, undefined)");
  });
}

/**
 * Does `work` while nobody else on this host does any for the same plugin; a lock that a kill sets free.
 *
 * @throws {Failure} kept-root-alone, file-unwritable, and what `work` throws
 */
export async function alone<T>(host: Host, plugin: string, run: string, work: () => Promise<T>): Promise<T> {
  const { path } = folderOf(run, plugin);
  withRights(plugin, () => makePrivateFolder(host, path));
  using _lock = await host.lockOneOf([`${path}/lock`], 0o600);
  return await work();
}
