/** Importing a plugin from the cache. */
import type { Plugin } from "../api/plugin.ts";
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

/** What {@linkcode LOADER_MODULE} exports: imports that are written out there, and so need no permission later. */
interface LoaderModule {
  load(): Promise<{ default?: unknown }>;
  originals(): Promise<{ default: Originals }>;
}

/** A plugin that is about to be loaded; none of its code has run. */
export interface OpenedPlugin {
  /** Runs the plugin's top level and returns its default export. Works without permissions. */
  load(): Promise<Plugin>;
  /** Tells where in the author's files something that the plugin threw comes from. Works without permissions. */
  explain(thrown: unknown): Promise<Explained>;
}

/**
 * Gets a cached plugin ready. Call this before permissions are dropped, and `load` after it.
 */
export async function openPlugin(cached: CachedPlugin): Promise<OpenedPlugin> {
  exposeLibrary();
  const module: LoaderModule = await import(fileUrl(`${cached.folder}/${LOADER_MODULE}`));
  return {
    load: async () => (await module.load()).default as Plugin,
    explain: async (thrown) => explainThrown(thrown, cached, (await module.originals()).default),
  };
}

/** A plugin in the cache, and how many bytes each module of its folder has. */
export type CachedFiles = CachedPlugin & { sizes: Record<string, number> };

/** False where somebody has emptied the cache since. */
export function isCached(host: Host, { folder }: CachedPlugin): boolean {
  return host.lstat(`${folder}/${LOADER_MODULE}`) !== undefined;
}

/** False also where a broken disk has cut a module short; what is in the cache never changes otherwise. */
export function isWhole(host: Host, { folder, sizes }: CachedFiles): boolean {
  return Object.entries(sizes).every(([name, size]) => host.lstat(`${folder}/${name}`)?.size === size);
}
