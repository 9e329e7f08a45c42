/** Making the index: the slow way, taken when the configuration, a plugin or the program has changed. */
import { closest } from "../config/closest.ts";
import { atMost } from "../core/at_most.ts";
import { type Config, policyOf, readConfig, whereSet } from "../config/config.ts";
import { checkOptions } from "../config/options.ts";
import { VERSION } from "../core/version.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { hasPassed } from "../host/span.ts";
import type { BuiltIn } from "../plugin/built_in.ts";
import { sweepContents, sweepLeftOvers } from "../plugin/cache.ts";
import { findPlugins, type FoundPlugin } from "../plugin/find.ts";
import { isWhole } from "../plugin/cached.ts";
import { prepareBuiltIn, type PreparedPlugin, prepareFile } from "../plugin/prepare.ts";
import type { Program } from "../plugin/program.ts";
import { namedCode } from "../state/handler_code.ts";
import { listEntries } from "../state/journal.ts";
import { fingerprintOf, type SeenPath, SourceList, unchanged } from "../plugin/sources.ts";
import { type Index, INDEX_FORMAT, type IndexedPlugin } from "./entries.ts";

/** What every plugin of one index is made with. */
interface Making {
  host: Host;
  program: Program;
  /** Folder of the plugin cache. */
  cache: string;
  config: Config;
  /** The index before this one, if the same program wrote it. */
  previous?: Index;
  /** By the host's uptime; a plugin that is not looked at by then is broken, for now. */
  until: number;
}

/** Plugins whose code is looked at at once, each by a process of its own. */
const AT_ONCE = 4;

/** Milliseconds; more than the deadline of a create may be. */
const LONGEST_CREATE = 10 * 60_000;

/** How much of a create's time the making may take: the plugins want theirs. */
const SHARE = 1 / 2;

/**
 * Makes the index. A plugin that cannot be used is an entry with its error; plugins whose files are all the
 * same are taken from the previous index.
 *
 * @throws {Failure} where the configuration is wrong, or a folder of plugins cannot be listed
 */
export async function buildIndex(
  host: Host,
  program: Program,
  folder: string,
  kept?: Index,
): Promise<Index> {
  const builtAt = host.now();
  const began = host.uptime();
  const sources = new SourceList(host);
  sources.look(program.file);
  const config = await readConfig(host);
  sources.add(
    config.sources.map(({ path, status }) => ({ path, fingerprint: status && fingerprintOf(status) })),
  );
  const cache = `${folder}/plugins`;
  for (const each of [folder, cache]) sweepLeftOvers(host, each);
  const previous = kept && sameProgram(host, kept, program) ? kept : undefined;
  const until = began + config.deadline * 1000 * SHARE;
  const making: Making = { host, program, cache, config, previous, until };

  const plugins: IndexedPlugin[] = [];
  for (const [name, builtIn] of Object.entries(program.builtin)) {
    plugins.push(await indexBuiltIn(host, config, name, builtIn));
  }
  const found = findPlugins(host, config.pluginDirs, Object.keys(program.builtin), sources);
  plugins.push(...await atMost(AT_ONCE, found, (each) => fromFile(making, each)));
  for (const name of Object.keys(config.plugins)) {
    if (!plugins.some((plugin) => plugin.name === name)) plugins.push(await missing(making, name, plugins));
  }
  if (kept && hasPassed(host, kept.doneAt, LONGEST_CREATE)) {
    sweepCache(host, cache, [...kept.plugins, ...plugins]);
  }
  return {
    format: INDEX_FORMAT,
    version: VERSION,
    builtAt,
    doneAt: host.uptime(),
    took: host.uptime() - began,
    config,
    plugins,
    sources: sources.list(),
  };
}

/**
 * Removes what neither this index nor the one before names. Where that one was in force for longer than any create
 * takes, no create goes by an older one.
 */
function sweepCache(host: Host, cache: string, plugins: readonly IndexedPlugin[]): void {
  const used = plugins.flatMap((plugin) =>
    plugin.state === "ready" && plugin.cached ? [plugin.cached.folder] : []
  );
  try {
    // Earlier versions called handlers by the cache itself.
    sweepContents(host, cache, new Set([...used, ...namedCode(listEntries(host))]));
  } catch {
    // Which entries there are cannot be seen: then nothing is taken away.
  }
}

function sameProgram(host: Host, { sources, builtAt }: Index, program: Program): boolean {
  return unchanged(host, sources.filter(({ path }) => path === program.file), builtAt);
}

/**
 * Gets the entry of a plugin that is part of the program. It waits for a policy, unless it works unasked.
 *
 * Needs nothing that was kept, so that a command can have it without the index.
 */
export async function indexBuiltIn(
  host: Host,
  config: Config,
  name: string,
  builtIn: BuiltIn,
): Promise<IndexedPlugin> {
  if (!builtIn.unasked && !Object.hasOwn(config.plugins, name)) {
    return { name, state: "off", sources: [] };
  }
  const older = builtIn.olderOptions?.(config);
  const prepare = () => prepareBuiltIn(name, builtIn);
  return await entryOf({ host, config }, { name }, new SourceList(host), prepare, older);
}

function fromFile(making: Making, found: FoundPlugin): Promise<IndexedPlugin> {
  const { host, program, cache, until } = making;
  const file = `${found.root}/${found.entry}`;
  const sources = new SourceList(host);
  return entryOf(making, { name: found.name, file }, sources, async () => {
    const known = unchangedPlugin(making, found, file);
    if (!known) return await prepareFile(host, program, cache, found, sources, until);
    sources.add(known.sources);
    return known;
  });
}

/** Finds a plugin in the previous index, if nothing that it was made from has changed. */
function unchangedPlugin(
  { host, previous }: Making,
  { name, problem }: FoundPlugin,
  file: string,
): (PreparedPlugin & { sources: SeenPath[] }) | undefined {
  if (problem || !previous) return undefined;
  const known = previous.plugins.find((plugin) => plugin.name === name);
  if (known?.state !== "ready" || known.file !== file) return undefined;
  const { manifest, has, asks, cached, sources } = known;
  if (!cached || !isWhole(host, cached) || !unchanged(host, sources, previous.builtAt)) return undefined;
  return { manifest, has, asks, cached, sources };
}

/** The entry of one plugin, whatever becomes of it. */
async function entryOf(
  { host, config }: Pick<Making, "host" | "config">,
  plugin: { name: string; file?: string },
  sources: SourceList,
  prepare: () => Promise<PreparedPlugin>,
  olderOptions: Record<string, unknown> = {},
): Promise<IndexedPlugin> {
  const policy = policyOf(config, plugin.name);
  if (policy.mode === "off") return { ...plugin, state: "off", sources: [] };
  try {
    const { manifest, has, asks, cached } = await prepare();
    const options = await checkOptions(
      plugin.name,
      manifest.options ?? {},
      { ...olderOptions, ...policy.options },
      (key) => whereSet(host, config.sources, key),
    );
    return { ...plugin, state: "ready", manifest, has, asks, cached, options, sources: sources.list() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The mode of a folder above, once mended, is all that will have changed.
    for (const { path } of sources.list()) sources.lookAbove(path);
    return broken(plugin, error, sources.list());
  }
}

/** A plugin that has a policy and no file: somebody counts on it, so that it is gone must not pass unseen. */
async function missing(
  { host, config }: Making,
  name: string,
  others: IndexedPlugin[],
): Promise<IndexedPlugin> {
  if (policyOf(config, name).mode === "off") return { name, state: "off", sources: [] };
  const { file, line } = await whereSet(host, config.sources, ["plugins", name]) ?? { file: config.path };
  const error = failure("plugin-missing", {
    plugin: name,
    where: line === undefined ? file : `${file}:${line}`,
    folders: config.pluginDirs,
    suggestion: closest(name, others.map((other) => other.name)),
  });
  return broken({ name }, error, []);
}

function broken(
  plugin: { name: string; file?: string },
  { code, what, remedy }: Failure,
  sources: SeenPath[],
): IndexedPlugin {
  return { ...plugin, state: "broken", error: { code, what, remedy }, sources };
}
