/** The plugins of this host, by their names: what a create has of each, its policy, and what it says about itself. */
import { closest } from "../../config/closest.ts";
import { type PluginPolicy, policyOf } from "../../config/config.ts";
import { HANDLER_STAGES } from "../../core/oci.ts";
import { asFailure, Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import type { Index, IndexedPlugin } from "../../index/entries.ts";
import { openIndex } from "../../index/open_index.ts";
import { findPluginAt } from "../../plugin/find.ts";
import { prepareBuiltIn, type PreparedPlugin, prepareFile } from "../../plugin/prepare.ts";
import type { Program } from "../../plugin/program.ts";
import { SourceList } from "../../plugin/sources.ts";

/** A plugin as it is on this host. */
export interface KnownPlugin {
  name: string;
  /** The author's file; absent where it is part of the program, or gone. */
  file?: string;
  builtIn: boolean;
  policy: PluginPolicy;
  /** Whether containers are held against it: a built-in one waits for a table. */
  state: IndexedPlugin["state"];
  /** What it says about itself; absent where it cannot be used. */
  prepared?: PreparedPlugin;
  /** Its options as they hold; absent where they cannot be told. */
  options?: Record<string, unknown>;
  /** Why it cannot be used. */
  problem?: Failure;
}

/** Gets all plugins, those that are off as well. @throws {Failure} where the configuration is wrong */
export async function knownPlugins(
  host: Host,
  program: Program,
): Promise<{ index: Index; plugins: KnownPlugin[] }> {
  const index = await openIndex(host, program);
  const plugins: KnownPlugin[] = [];
  for (const entry of index.plugins) plugins.push(await known(host, program, index, entry));
  return { index, plugins: plugins.sort((a, b) => a.name < b.name ? -1 : 1) };
}

async function known(
  host: Host,
  program: Program,
  { config }: Index,
  entry: IndexedPlugin,
): Promise<KnownPlugin> {
  const { name, file, state } = entry;
  const builtIn = Object.hasOwn(program.builtin, name);
  const plugin = { name, file, builtIn, policy: policyOf(config, name), state };
  if (entry.state === "ready") return { ...plugin, prepared: entry, options: entry.options };
  if (entry.state === "broken") {
    return { ...plugin, problem: new Failure(entry.error.code, entry.error) };
  }
  try {
    return { ...plugin, prepared: await prepared(host, program, name, file) };
  } catch (thrown) {
    return { ...plugin, problem: asFailure(thrown) };
  }
}

/** Looks at a plugin that is off, for people alone. */
async function prepared(
  host: Host,
  program: Program,
  name: string,
  file: string | undefined,
): Promise<PreparedPlugin | undefined> {
  if (Object.hasOwn(program.builtin, name)) return await prepareBuiltIn(name, program.builtin[name]!);
  const found = file === undefined ? undefined : findPluginAt(host, file);
  if (!found) return undefined;
  return await prepareFile(host, program, `${stateFolder(host)}/plugins`, found, new SourceList(host));
}

/** Finds one by its name. @throws {Failure} not-found, with the name that may be meant */
export function pluginNamed<P extends { name: string }>(plugins: readonly P[], name: string): P {
  const found = plugins.find((plugin) => plugin.name === name);
  if (found) return found;
  const near = closest(name, plugins.map((plugin) => plugin.name));
  throw failure("not-found", {
    what: `there is no plugin ${JSON.stringify(name)}`,
    remedy: near ? `did you mean ${near}?` : "`container-hooks plugin ls` lists those that there are",
  });
}

/** What the mode of a plugin is, in one word. */
export function modeOf({ state, policy, builtIn }: KnownPlugin): string {
  if (state === "broken") return "broken";
  if (state !== "off") return policy.mode;
  return builtIn && policy.mode !== "off" ? "unasked" : "off";
}

/** Stages that it has handlers for. */
export function handlersOf({ prepared }: KnownPlugin) {
  return HANDLER_STAGES.filter((stage) => prepared?.has[stage]);
}
