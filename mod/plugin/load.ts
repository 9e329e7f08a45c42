/** Importing a plugin from the cache, which happens in an isolate or in the child that reads its manifest. */
import type { Plugin } from "../api/plugin.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { type Explained, explainThrown, type Originals } from "./explain.ts";
import { exposeLibrary } from "./library.ts";
import { fileUrl } from "./source.ts";

/** A plugin whose files are in the cache. */
export interface CachedPlugin {
  /** Folder of the cache that holds this content. */
  folder: string;
  /** Folder that the author's files lie under. */
  root: string;
  /** The author's file, below the root: "plugin.ts". */
  entry: string;
}

/** The module that stands at the top of a cached plugin. */
export const LOADER_MODULE = "load.js";

/** The author's texts, for messages; beside the modules. */
export const ORIGINALS_FILE = "originals.json";

/** What {@linkcode LOADER_MODULE} exports: an import that is written out there, and so needs no permission later. */
interface LoaderModule {
  load(): Promise<{ default?: unknown }>;
}

/** Runs a plugin's top level and returns its default export. Works without permissions. */
export type Load = () => Promise<Plugin>;

/** Gets a cached plugin ready, none of its code run. Call this before permissions are dropped. */
export async function openPlugin({ folder }: Pick<CachedPlugin, "folder">): Promise<Load> {
  exposeLibrary();
  const module: LoaderModule = await import(fileUrl(`${folder}/${LOADER_MODULE}`));
  return async () => (await module.load()).default as Plugin;
}

/** Tells where in the author's files something that the plugin threw comes from. */
export function explainByOriginals(host: Host, cached: CachedPlugin, thrown: unknown): Explained {
  return explainThrown(thrown, cached, readOriginals(host, cached));
}

/**
 * Reads the originals; none where somebody has emptied the cache since, or another version of the program has made
 * it.
 */
function readOriginals(host: Host, { folder }: CachedPlugin): Originals {
  try {
    const { bytes } = readTrusted(host, `${folder}/${ORIGINALS_FILE}`, "file of the plugin cache", Infinity);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/** A plugin in the cache, and how many bytes each module of its folder has. */
export type CachedFiles = CachedPlugin & { sizes: Record<string, number> };

/** Tells whether a plugin is in the cache, which somebody may have emptied since. */
export function isCached(host: Host, { folder }: CachedPlugin): boolean {
  return host.lstat(`${folder}/${LOADER_MODULE}`) !== undefined;
}

/**
 * Tells whether a plugin's files are whole, which a broken disk may have cut short; what is in the cache never
 * changes otherwise.
 */
export function isWhole(host: Host, { folder, sizes }: CachedFiles): boolean {
  return Object.entries(sizes).every(([name, size]) => host.lstat(`${folder}/${name}`)?.size === size);
}
