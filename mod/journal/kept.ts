/**
 * What the handlers of a plugin keep on this host until its next start: one file for each value, in the run folder.
 *
 *     RUN/plugins/NAME/VALUE.json
 */
import type { Json } from "../core/edits.ts";
import { failure } from "../errors.ts";
import { readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";

/** Bytes that one value may have as JSON. */
const LIMIT = 1024 * 1024;

function folderOf(run: string, plugin: string): string {
  return `${run}/plugins/${plugin}`;
}

/** Everything that a plugin keeps, by name. */
export function keptBy(host: Host, plugin: string, run: string): Record<string, Json> {
  const folder = folderOf(run, plugin);
  if (!host.lstat(folder)) return {};
  const files = host.readFolder(folder).map(({ name }) => name).filter((name) => name.endsWith(".json"));
  const kept: [string, Json][] = [];
  for (const file of files) {
    const path = `${folder}/${file}`;
    // Removed between the look at the folder and now: it is not kept any more.
    if (!host.lstat(path)) continue;
    const { bytes } = readTrusted(host, path, `value that plugin ${plugin} keeps`, LIMIT);
    kept.push([file.slice(0, -".json".length), JSON.parse(new TextDecoder().decode(bytes))]);
  }
  return Object.fromEntries(kept);
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
  const path = `${folder}/${name}.json`;
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

/** Does `work` while nobody else on this host does any for the same plugin; a lock that a kill sets free. */
export async function alone<T>(host: Host, plugin: string, run: string, work: () => Promise<T>): Promise<T> {
  const folder = folderOf(run, plugin);
  makePrivateFolder(host, folder);
  using _lock = await host.lockOneOf([`${folder}/lock`], 0o600);
  return await work();
}
