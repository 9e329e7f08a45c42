/** Which plugins lie in the plugin folders. */
import { PLUGIN_NAME, PLUGIN_NAME_WORDS } from "../core/manifest.ts";
import { type Failure, failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { FolderEntry, Host } from "../host/host.ts";
import { folderOf, nameOf } from "../core/path.ts";
import { SourceList } from "./sources.ts";

/** A plugin's file, or why there is none that can be used. */
export interface FoundPlugin {
  /** The name that its file or folder gives it. */
  name: string;
  /** Folder that its imports stay in. */
  root: string;
  /** Its file, below the root. */
  entry: string;
  /** Why it cannot be used. */
  problem?: Failure;
}

/** Names of the file of a plugin that has a folder. */
const FOLDER_ENTRIES = ["plugin.ts", "plugin.js"];

/**
 * Gets the plugins in these folders: NAME.ts, NAME.js, NAME/plugin.ts and NAME/plugin.js.
 *
 * Left alone are names that begin with _ or a dot (shared files), tests (NAME_test.ts) and declarations
 * (NAME.d.ts), everything that is no JavaScript or TypeScript, and folders without a plugin file. A folder of
 * plugins that does not exist has none. Two plugins of one name are a problem of that name, since which of
 * them counts would be a guess.
 *
 * @param taken Names of the built-in plugins.
 */
export function findPlugins(
  host: Host,
  folders: readonly string[],
  taken: readonly string[],
  sources: SourceList,
): FoundPlugin[] {
  const found = new Map<string, FoundPlugin>();
  for (const plugin of folders.flatMap((folder) => findInFolder(host, folder, sources))) {
    const other = found.get(plugin.name);
    if (other) other.problem ??= twice(plugin, `${other.root}/${other.entry}`);
    else if (taken.includes(plugin.name)) {
      found.set(plugin.name, { ...plugin, problem: twice(plugin, "a built-in plugin") });
    } else found.set(plugin.name, plugin);
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Finds the plugin whose file or folder this is, by the same rules; undefined where it is none's.
 *
 * @param path Absolute, without symbolic links.
 */
export function findPluginAt(host: Host, path: string): FoundPlugin | undefined {
  const [folder, name] = [folderOf(path), nameOf(path)];
  const sources = new SourceList(host);
  if (host.lstat(path)?.kind === "a folder") return inFolder(host, folder, name, sources)[0];
  if (FOLDER_ENTRIES.includes(name)) return findPluginAt(host, folder);
  if (host.lstat(path)?.kind !== "a regular file") return undefined;
  return /\.[jt]s$/.test(name) && !isAside(name) ? inFile(folder, name) : undefined;
}

function isAside(name: string): boolean {
  return /^[._]/.test(name) || /(_test|\.d)\.[jt]s$/.test(name);
}

function twice(plugin: FoundPlugin, other: string): Failure {
  return failure("plugin-load", {
    file: `${plugin.root}/${plugin.entry}`,
    why: `its name ${plugin.name} is also that of ${other}`,
    remedy: "rename or remove one of them",
  });
}

function findInFolder(host: Host, folder: string, sources: SourceList): FoundPlugin[] {
  if (sources.look(folder) === undefined) return [];
  return list(host, folder).flatMap((entry) => {
    if (isAside(entry.name)) return [];
    if (/\.[jt]s$/.test(entry.name)) return [inFile(folder, entry.name)];
    if (entry.kind === "a folder" || entry.kind === "a symbolic link") {
      return inFolder(host, folder, entry.name, sources);
    }
    return [];
  });
}

function list(host: Host, folder: string): FolderEntry[] {
  try {
    return host.readFolder(folder);
  } catch (error) {
    throw failure("file-unreadable", { what: "plugin folder", path: folder, why: systemReason(error) }, {
      cause: error,
    });
  }
}

function inFile(root: string, entry: string): FoundPlugin {
  return named({ name: entry.slice(0, -3), root, entry });
}

function inFolder(host: Host, folder: string, name: string, sources: SourceList): FoundPlugin[] {
  const root = `${folder}/${name}`;
  sources.look(root);
  const [entry, other] = FOLDER_ENTRIES.filter((file) => host.lstat(`${root}/${file}`) !== undefined);
  if (entry === undefined) return [];
  const plugin = named({ name, root, entry });
  if (other !== undefined) plugin.problem ??= twice(plugin, `${root}/${other}`);
  return [plugin];
}

function named(plugin: FoundPlugin): FoundPlugin {
  if (PLUGIN_NAME.test(plugin.name)) return plugin;
  const problem = failure("plugin-load", {
    file: `${plugin.root}/${plugin.entry}`,
    why: `${plugin.name} cannot be a plugin's name; that takes ${PLUGIN_NAME_WORDS}`,
    remedy: "rename it, or begin its name with _ to have it left alone",
  });
  return { ...plugin, problem };
}
