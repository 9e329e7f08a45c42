/** A plugin whose files lie in the cache. */
import type { Host } from "../host/host.ts";

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
