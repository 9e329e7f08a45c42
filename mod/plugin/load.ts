/** Importing a plugin from the cache, which happens in an isolate or in the child that reads its manifest. */
import type { Plugin } from "../api/plugin.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { type CachedPlugin, LOADER_MODULE } from "./cached.ts";
import { type Explained, explainThrown, type Originals } from "./explain.ts";
import { exposeLibrary } from "./library.ts";
import { fileUrl } from "./source.ts";

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
