/** All files of a plugin: read with trust, looked at, their types taken out. */
import { failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { cachedName, type Import, importsOf } from "./imports.ts";
import type { SourceFile } from "./source.ts";
import type { SourceList } from "./sources.ts";
import { stripTypes } from "./strip.ts";

/** Bytes of one file of a plugin. */
const FILE_LIMIT = 1024 * 1024;
/** Files of one plugin: a plugin is small, and reading happens while a container waits. */
const FILES_LIMIT = 100;

/** A file of the graph, ready for the cache but for where its imports lead. */
export interface GraphFile extends SourceFile {
  /** JavaScript with every line and column of `text`. */
  code: string;
  imports: Import[];
}

/**
 * Reads the file `entry` below `root` and everything that it imports.
 *
 * @param sources Notes each path before it is read, also the one that turns out not to be there.
 * @returns the files in the order in which they were reached, the entry first
 * @throws {Failure} plugin-source, plugin-load, and those of `readTrusted`
 */
export async function readGraph(
  host: Host,
  root: string,
  entry: string,
  sources: SourceList,
): Promise<GraphFile[]> {
  const files = new Map<string, GraphFile>();
  const waiting = [entry];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (files.has(name)) continue;
    refuseTooMany(files, `${root}/${entry}`);
    refuseTwins(files, name, root);
    const file = readSource(host, root, name, sources);
    const code = await stripTypes(file);
    const imports = await importsOf(file, code);
    files.set(name, { ...file, code, imports });
    for (const { target } of imports) if (target !== undefined) waiting.push(target);
  }
  return [...files.values()];
}

function readSource(host: Host, root: string, name: string, sources: SourceList): SourceFile {
  const path = `${root}/${name}`;
  sources.look(path);
  const { bytes } = readTrusted(host, path, "plugin file", FILE_LIMIT);
  try {
    return { name, path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    throw failure("plugin-load", { file: path, why: "it is not UTF-8", remedy: "save it as UTF-8" }, {
      cause: error,
    });
  }
}

function refuseTooMany(files: Map<string, GraphFile>, entry: string): void {
  if (files.size < FILES_LIMIT) return;
  throw failure("plugin-load", {
    file: entry,
    why: `it imports more than ${FILES_LIMIT} files`,
    remedy: "bundle them into fewer",
  });
}

/** mounts.ts beside mounts.js would be one file in the cache. */
function refuseTwins(files: Map<string, GraphFile>, name: string, root: string): void {
  for (const other of files.keys()) {
    if (cachedName(other) !== cachedName(name)) continue;
    throw failure("plugin-load", {
      file: `${root}/${name}`,
      why: `it imports both ${other} and ${name}`,
      remedy: "rename one of them",
    });
  }
}
