/**
 * Prepares a plugin that was found, so that it can be asked: reads, checks and caches it, and extracts its manifest.
 */
import type { Manifest } from "../api/plugin.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { type Asks, ASKS_NOTHING, asksOf } from "./asks.ts";
import type { BuiltIn } from "./built_in.ts";
import { cachePlugin, originalsOf } from "./cache.ts";
import { DescribeError, describePlugin, type Description } from "./describe.ts";
import {
  checkDescription,
  EXTRACTION_LIMIT,
  extractManifest,
  type PluginFunctions,
} from "./extract_manifest.ts";
import type { FoundPlugin } from "./find.ts";
import type { CachedFiles } from "./cached.ts";
import { type GraphFile, readGraph } from "./graph.ts";
import { TESTING_SPECIFIER } from "./library.ts";
import { parserFor } from "./parse_apart.ts";
import type { Program } from "./program.ts";
import { positionOf, sourceFailure } from "./source.ts";
import type { SourceList } from "./sources.ts";

/** What is known about a plugin without running its code. */
export interface PreparedPlugin {
  manifest: Manifest;
  has: PluginFunctions;
  /** What its code looks at, beside its `when`, of what an engine may not tell. */
  asks: Asks;
  /** Where it is loaded from; absent where it is part of the program. */
  cached?: CachedFiles;
}

/**
 * Prepares a plugin from its files.
 *
 * @param cache Folder of the plugin cache.
 * @param sources Notes everything that was looked at, also where this throws.
 * @param until By the host's uptime, when whoever waits for it wants to go on.
 * @throws {Failure} what was wrong with it
 */
export async function prepareFile(
  host: Host,
  program: Program,
  cache: string,
  found: FoundPlugin,
  sources: SourceList,
  until = Infinity,
): Promise<PreparedPlugin> {
  if (found.problem) throw found.problem;
  const { name, root, entry } = found;
  const files = await readGraph(host, root, entry, sources, parserFor(host, program, until));
  refuseTesting(files);
  const { folder, facts, sizes } = await cachePlugin<Description>(
    host,
    cache,
    files,
    (folder) => {
      const limit = Math.min(EXTRACTION_LIMIT, until - host.uptime());
      if (limit <= 0) throw failure("plugin-late", { file: `${root}/${entry}` });
      return extractManifest(host, program, { folder, root, entry }, originalsOf(files), limit);
    },
  );
  const checked = checkDescription(facts, `${root}/${entry}`, name);
  return { ...checked, asks: asksOf(files), cached: { folder, root, entry, sizes } };
}

/** On a host there are no tests, and nothing of the test kit is to decide about a container. */
function refuseTesting(files: readonly GraphFile[]): void {
  for (const file of files) {
    const found = file.imports.find(({ testing }) => testing);
    if (!found) continue;
    const why = `imports ${JSON.stringify(TESTING_SPECIFIER)}, which only tests can`;
    throw sourceFailure(
      file,
      positionOf(file.code, found.start),
      why,
      "import it in a file NAME_test.ts alone",
    );
  }
}

/**
 * Prepares a plugin that is part of the program; its code is trusted, so its top level runs here.
 *
 * @throws {Failure} manifest, when
 */
export async function prepareBuiltIn(name: string, { load }: BuiltIn): Promise<PreparedPlugin> {
  const file = `${name} (built in)`;
  const plugin = (await load()).default;
  try {
    return { ...checkDescription(describePlugin(plugin), file, name), asks: ASKS_NOTHING };
  } catch (error) {
    if (!(error instanceof DescribeError)) throw error;
    throw failure("manifest", { file, field: error.field, why: error.why });
  }
}
