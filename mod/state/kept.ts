/**
 * What the handlers of a plugin keep on this host until its next start: one file for each value, in the run folder.
 *
 *     RUN/plugins/NAME/VALUE.json
 */
import type { Json } from "../edits/edits.ts";
import { type Failure, failure } from "../errors.ts";
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";

/** Bytes that one value may have as JSON. */
const LIMIT = 1024 * 1024;

function folderOf(run: string, plugin: string): string {
  return `${run}/plugins/${plugin}`;
}

/** The file that a plugin keeps a value in. */
export function keptPath(run: string, plugin: string, name: string): string {
  return `${folderOf(run, plugin)}/${name}.json`;
}

/**
 * Everything that a plugin keeps, by name.
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
    const kept: [string, Json][] = [];
    for (const name of namesKept(host, folderOf(run, plugin))) {
      const path = keptPath(run, plugin, name);
      // Removed between the look at the folder and now: it is not kept any more.
      if (!host.lstat(path)) continue;
      const { bytes } = readTrusted(host, path, `value that plugin ${plugin} keeps`, LIMIT);
      try {
        kept.push([name, JSON.parse(new TextDecoder().decode(bytes))]);
      } catch (error) {
        damaged(failure("kept-damaged", { plugin, path, why: (error as Error).message }, { cause: error }));
      }
    }
    return Object.fromEntries(kept);
  });
}

function namesKept(host: Host, folder: string): string[] {
  if (!host.lstat(folder)) return [];
  return host.readFolder(folder).map(({ name }) => name).filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
}

/** @throws {Failure} kept-root-alone, where `work` may not do what it does */
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
 * @throws {Failure} plugin where the name is none; file-unwritable
 */
export function keep(host: Host, plugin: string, run: string, name: string, value: Json | undefined): void {
  if (!/^[\w-]{1,100}$/.test(name)) {
    throw failure("plugin", {
      plugin,
      stage: "keep",
      why: `${JSON.stringify(name)} is no name for a value`,
      remedy: "use up to 100 letters, digits, - and _",
    });
  }
  const folder = folderOf(run, plugin);
  const path = keptPath(run, plugin, name);
  if (value === undefined) {
    host.remove(path);
    return;
  }
  makePrivateFolder(host, folder);
  replaceFile(
    host,
    path,
    `value that plugin ${plugin} keeps`,
    new TextEncoder().encode(`${JSON.stringify(value)}\n`),
    {
      temporary: `${folder}/${name}.${host.randomToken()}`,
      mode: 0o600,
      durable: false,
    },
  );
}

/**
 * Does `work` while nobody else on this host does any for the same plugin; a lock that a kill sets free.
 *
 * @throws {Failure} kept-root-alone, file-unwritable, and what `work` throws
 */
export async function alone<T>(host: Host, plugin: string, run: string, work: () => Promise<T>): Promise<T> {
  const folder = folderOf(run, plugin);
  withRights(plugin, () => makePrivateFolder(host, folder));
  using _lock = await host.lockOneOf([`${folder}/lock`], 0o600);
  return await work();
}
