/** Where a plugin is put on this host, and the copy of it that will lie there. */
import { closest } from "../../config/closest.ts";
import { folderOf, nameOf, pathIn } from "../../core/path.ts";
import { failure } from "../../errors.ts";
import { discardTree } from "../../host/discard_tree.ts";
import { checkFolder, readFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";
import { findPlugins } from "../../plugin/find.ts";
import { readGraph } from "../../plugin/graph.ts";
import { parserFor } from "../../plugin/parse_apart.ts";
import type { Program } from "../../plugin/program.ts";
import { SourceList } from "../../plugin/sources.ts";
import type { Subject } from "./subject.ts";
import { writeBeside } from "./write_folder.ts";

/** Where a plugin is to be. */
export interface Target {
  name: string;
  /** The plugin's file, or its folder. */
  path: string;
  /** Whether an older one is there. */
  exists: boolean;
}

/** Bytes of one file of a plugin's folder, and how many there may be. */
const FILE_LIMIT = 16 * 1024 * 1024, FILES_LIMIT = 1000;

/** Refuses the name of a plugin that the program brings. @throws {Failure} plugin-built-in */
export function refuseBuiltIn(program: Program, name: string): void {
  if (!Object.hasOwn(program.builtin, name)) return;
  throw failure("plugin-built-in", {
    plugin: name,
    why: "and no other may have its name",
    remedy: "give yours another name, in its manifest and of its file or folder",
  });
}

/**
 * Finds the place.
 *
 * @throws {Failure} plugin-built-in, plugin-taken, untrusted; problem where no folder is configured
 */
export function targetOf(
  host: Host,
  program: Program,
  folders: readonly string[],
  { found: { name, root, entry }, single }: Subject,
  replace: boolean,
): Target {
  refuseBuiltIn(program, name);
  const path = placed(host, program, folders, name);
  if (path !== undefined) {
    prepareFolder(host, folderOf(path));
    return taken(name, path, single ? `${root}/${entry}` : root, replace);
  }
  const [folder] = folders;
  if (folder === undefined) {
    throw failure("problem", {
      what: "no folder of plugins is configured",
      remedy: "name one as plugin-dirs of [container-hooks] in config.toml",
    });
  }
  prepareFolder(host, folder);
  makeTrusted(host, folder);
  return { name, path: pathIn(folder, single ? nameOf(entry) : name), exists: false };
}

function taken(name: string, path: string, source: string, replace: boolean): Target {
  if (path === source) {
    throw failure("plugin-taken", {
      plugin: name,
      path,
      why: "it is in place; edit it there, or copy it elsewhere",
    });
  }
  const refuse = (why: string): never => {
    throw failure("plugin-taken", { plugin: name, path, why });
  };
  if (!replace) refuse(`--replace puts this one in its place; \`plugin remove ${name}\` takes it away`);
  if (nameOf(path) !== nameOf(source) && /\.[jt]s$/.test(path) !== /\.[jt]s$/.test(source)) {
    refuse(`one is a file and the other a folder: \`plugin remove ${name}\` first`);
  }
  return { name, path, exists: true };
}

/** Finds the file or the folder of a plugin that is in place; undefined where none is. */
export function placed(
  host: Host,
  program: Program,
  folders: readonly string[],
  name: string,
): string | undefined {
  const found = allPlaced(host, program, folders).find((plugin) => plugin.name === name);
  if (!found) return undefined;
  return folders.includes(found.root) ? pathIn(found.root, found.entry) : found.root;
}

/** Names a plugin that is in place and may be meant. */
export function nearest(
  host: Host,
  program: Program,
  folders: readonly string[],
  name: string,
): string | undefined {
  const all = allPlaced(host, program, folders);
  return closest(name, [...all.map((plugin) => plugin.name), ...Object.keys(program.builtin)]);
}

function allPlaced(host: Host, { builtin }: Program, folders: readonly string[]) {
  return findPlugins(host, folders, Object.keys(builtin), new SourceList(host));
}

/**
 * Checks that this user can change a folder of plugins, and removes what commands that were killed left in it.
 *
 * @throws {Failure} plugin-rights
 */
export function prepareFolder(host: Host, folder: string): void {
  const user = host.uid();
  if (user !== 0 && host.lstat(folder)?.uid !== user) throw failure("plugin-rights", { folder, user });
  if (host.lstat(folder)?.kind !== "a folder") return;
  for (const { name } of host.readFolder(folder)) {
    const status = ASIDE.test(name) ? host.lstat(`${folder}/${name}`) : undefined;
    if (status && status.changed < host.now() - LEFT_OVER_AFTER) discardTree(host, `${folder}/${name}`);
  }
}

/** Makes the path beside `path` of what is not in force: no create looks at names that begin with a dot. */
export function asidePath(host: Host, path: string): string {
  return `${folderOf(path)}/.${host.randomToken()}.${nameOf(path)}`;
}

/** What {@linkcode asidePath} makes. */
const ASIDE = /^\.[0-9a-f]{32}\./;

/** Milliseconds after which such a thing is taken for left over by a kill. */
const LEFT_OVER_AFTER = 10 * 60 * 1000;

function makeTrusted(host: Host, folder: string): void {
  try {
    if (!host.lstat(folder)) host.makeFolder(folder, 0o755);
  } catch (error) {
    throw failure("file-unwritable", { what: "plugin folder", path: folder, why: systemReason(error) }, {
      cause: error,
    });
  }
  checkFolder(host, folder, "plugin folder");
}

/**
 * Reads what is put in place: a plugin's one file, or all of its folder but what is hidden and what tools leave there.
 *
 * @throws {Failure} problem where a file of its own needs others beside it
 */
export async function filesToPlace(
  host: Host,
  program: Program,
  { found: { root, entry }, single, file, view }: Subject,
): Promise<Record<string, Uint8Array>> {
  if (!single) return readFolder(host, root);
  const graph = await readGraph(view, root, entry, new SourceList(view), parserFor(host, program, Infinity));
  if (graph.length > 1) {
    throw failure("problem", {
      what: `plugin ${file} is one file, and imports ${graph[1]!.name} beside it`,
      remedy: "give it a folder of its own, with the file plugin.ts and what that imports",
    });
  }
  return { "": new TextEncoder().encode(graph[0]!.text) };
}

function readFolder(host: Host, root: string, below = ""): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const { name, kind } of host.readFolder(`${root}${below}`)) {
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = `${below}/${name}`;
    if (kind === "a folder") Object.assign(files, readFolder(host, root, path));
    else files[path.slice(1)] = readFile(host, `${root}${path}`, "file of the plugin", FILE_LIMIT).bytes;
    if (Object.keys(files).length > FILES_LIMIT) {
      throw failure("problem", {
        what: `folder ${root} has more than ${FILES_LIMIT} files`,
        remedy: "keep in it what belongs to the plugin",
      });
    }
  }
  return files;
}

/** Puts the copy beside its place, root's own, under a name that no create looks at. @returns its path */
export function stage(host: Host, { path }: Target, files: Record<string, Uint8Array>): string {
  const single = files[""];
  const staged = asidePath(host, path);
  if (!single) return writeBeside(host, path, files, staged);
  try {
    using file = host.createNew(staged, 0o644);
    file.write(single);
    file.sync();
    return staged;
  } catch (error) {
    host.remove(staged);
    throw failure("file-unwritable", { what: "plugin file", path, why: systemReason(error) }, {
      cause: error,
    });
  }
}
