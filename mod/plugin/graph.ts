/** All files of a plugin: read with trust, looked at, their types taken out. */
import { failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { cachedName } from "./imports.ts";
import type { ParsedSource } from "./parse_source.ts";
import type { SourceFile } from "./source.ts";
import type { SourceList } from "./sources.ts";

/** Bytes of one file of a plugin. */
const FILE_LIMIT = 1024 * 1024;
/** Files of one plugin: a plugin is small, and reading happens while a container waits. */
const FILES_LIMIT = 100;

/** A file of the graph, ready for the cache but for where its imports lead. */
export type GraphFile = SourceFile & ParsedSource;

/**
 * Reads the file `entry` below `root` and everything that it imports.
 *
 * @param sources Notes each path before it is read, also the one that turns out not to be there.
 * @param parse Parses files that are there, in their order.
 * @returns the files in the order in which they were reached, the entry first
 * @throws {Failure} plugin-source, plugin-load, and those of `readTrusted`
 */
export async function readGraph(
  host: Host,
  root: string,
  entry: string,
  sources: SourceList,
  parse: (files: SourceFile[]) => Promise<ParsedSource[]>,
): Promise<GraphFile[]> {
  const read = new Map<string, SourceFile>();
  const files: GraphFile[] = [];
  for (let names = [entry]; names.length > 0;) {
    const level: SourceFile[] = [];
    for (const name of names) {
      if (read.has(name)) continue;
      refuseTooMany(read, `${root}/${entry}`);
      refuseTwins(read, name, root);
      const file = readSource(host, root, name, sources);
      read.set(name, file);
      level.push(file);
    }
    const parsed = await parse(level);
    files.push(...level.map((file, index) => ({ ...file, ...parsed[index]! })));
    names = parsed.flatMap(({ imports }) => imports.flatMap(({ target }) => target ?? []));
  }
  return files;
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

function refuseTooMany(files: Map<string, SourceFile>, entry: string): void {
  if (files.size < FILES_LIMIT) return;
  throw failure("plugin-load", {
    file: entry,
    why: `it imports more than ${FILES_LIMIT} files`,
    remedy: "bundle them into fewer",
  });
}

/** mounts.ts beside mounts.js would be one file in the cache. */
function refuseTwins(files: Map<string, SourceFile>, name: string, root: string): void {
  for (const other of files.keys()) {
    if (cachedName(other) !== cachedName(name)) continue;
    throw failure("plugin-load", {
      file: `${root}/${name}`,
      why: `it imports both ${other} and ${name}`,
      remedy: "rename one of them",
    });
  }
}
