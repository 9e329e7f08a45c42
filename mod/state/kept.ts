/**
 * What the handlers of a plugin keep on this host until its next start: one file for each value, in the run folder.
 *
 *     RUN/plugins/NAME/VALUE.json
 */
import { FieldError } from "../core/fields.ts";
import { type Json, takeApart } from "../core/plain_data.ts";
import { asFailure, type Failure, failure, quote } from "../errors.ts";
import { readTaggedJson } from "../text/json/read_tagged.ts";
import { writeTaggedJson } from "../text/json/write_tagged.ts";
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";

/** Bytes that one value may have as JSON. */
const LIMIT = 1024 * 1024;
/** Values that one plugin may keep, and bytes of all of them: they lie in memory, which all plugins share. */
const VALUES_LIMIT = 10_000, TOTAL_LIMIT = 32 * 1024 * 1024;

function folderOf(run: string, plugin: string): string {
  return `${run}/plugins/${plugin}`;
}

/** Gets the file that a plugin keeps a value in. */
export function keptPath(run: string, plugin: string, name: string): string {
  return `${folderOf(run, plugin)}/${name}.json`;
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
    const kept: [string, Json][] = [];
    for (const name of namesKept(host, folderOf(run, plugin))) {
      const path = keptPath(run, plugin, name);
      // Removed between the look at the folder and now: it is not kept any more.
      if (!host.lstat(path)) continue;
      const { bytes } = readTrusted(host, path, `value that plugin ${plugin} keeps`, LIMIT);
      try {
        kept.push([name, readTaggedJson(new TextDecoder().decode(bytes), "it") as Json]);
      } catch (error) {
        damaged(failure("kept-damaged", { plugin, path, why: asFailure(error).what }, { cause: error }));
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
  if (typeof name !== "string" || !/^[\w-]{1,100}$/.test(name)) {
    const shown = typeof name === "string" ? quote(name) : `something of type ${typeof name}`;
    throw wrongValue(plugin, `${shown} is no name for a value`, "use up to 100 letters, digits, - and _");
  }
  const folder = folderOf(run, plugin);
  const path = keptPath(run, plugin, name);
  if (value === undefined) {
    host.remove(path);
    return;
  }
  const bytes = new TextEncoder().encode(`${textOf(plugin, name, value)}\n`);
  makePrivateFolder(host, folder);
  refuseTooMuch(host, plugin, run, name, bytes.length);
  replaceFile(host, path, `value that plugin ${plugin} keeps`, bytes, {
    temporary: `${folder}/${name}.${host.randomToken()}`,
    mode: 0o600,
    durable: false,
  });
}

/** What all handlers of a plugin keep together has a limit: a full run folder would stop every create. */
function refuseTooMuch(host: Host, plugin: string, run: string, name: string, size: number): void {
  const others = namesKept(host, folderOf(run, plugin)).filter((other) => other !== name);
  const remedy = "remove what is not needed any more with keep(name, undefined)";
  if (others.length >= VALUES_LIMIT) {
    throw wrongValue(plugin, `it keeps ${others.length} values, and ${VALUES_LIMIT} is the limit`, remedy);
  }
  // Where that many could not be too much, none is looked at.
  if (size + others.length * LIMIT <= TOTAL_LIMIT) return;
  const sizes = others.map((other) => host.lstat(keptPath(run, plugin, other))?.size ?? 0);
  if (sizes.reduce((sum, more) => sum + more, size) <= TOTAL_LIMIT) return;
  throw wrongValue(plugin, `it keeps more than ${TOTAL_LIMIT / LIMIT} MiB`, remedy);
}

/** What is too large to be read back is not written. */
function textOf(plugin: string, name: string, value: Json): string {
  try {
    const text = writeTaggedJson(takeApart(value, name, LIMIT));
    // In UTF-8 a character takes up to three bytes.
    if (new TextEncoder().encode(text).length < LIMIT) return text;
    throw new FieldError(name, "is larger than 1 MiB as JSON");
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw wrongValue(plugin, error.message, "keep plain data, and less of it");
  }
}

function wrongValue(plugin: string, why: string, remedy: string): Failure {
  return failure("plugin", { plugin, stage: "keep", why, remedy });
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
