/** `container-hooks plugin show NAME`: all about one plugin. */
import { whereSet } from "../../config/config.ts";
import { listKeys } from "../../config/key.ts";
import { POLICY_KEYS } from "../../config/keys.ts";
import type { WhereSet } from "../../config/where_set.ts";
import type { Host } from "../../host/host.ts";
import type { Index } from "../../index/entries.ts";
import { printJson, printPairs, printTable } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { needsInWords, optionsOf, whenInWords } from "./in_words.ts";
import { handlersOf, type KnownPlugin, knownPlugins, modeOf, pluginNamed } from "./known.ts";
import { inJson, valueText } from "./ls.ts";

/** Something that config.toml can set for the plugin. */
interface Told {
  name: string;
  value: unknown;
  place?: WhereSet;
  brief: string;
}

/** Shows it. */
export async function show(this: ProgramContext, { json }: { json: boolean }, name: string): Promise<void> {
  const { host, program } = this;
  const { index, plugins } = await knownPlugins(host, program);
  const plugin = pluginNamed(plugins, name);
  const options = await optionsTold(host, index, plugin);
  const policies = await policiesTold(host, index, plugin);
  if (json) return printJson(host, { ...inJson(plugin) as object, set: [...policies, ...options] });
  await printPairs(host, pairsOf(plugin));
  if (options.length > 0) {
    host.stdout("\n");
    await printTable(host, ["OPTION", "VALUE", "SET IN", "WHAT"], options.map(rowOf));
  }
  host.stdout("\n");
  await printTable(host, ["POLICY", "VALUE", "SET IN", "WHAT"], policies.map(rowOf));
}

function rowOf({ name, value, place, brief }: Told): string[] {
  const where = place ? `${place.file}${place.line === undefined ? "" : `:${place.line}`}` : "(default)";
  return [name, valueText(value), value === undefined ? "" : where, brief];
}

function pairsOf(plugin: KnownPlugin): [string, string][] {
  const { name, file, builtIn, prepared, problem } = plugin;
  const manifest = prepared?.manifest;
  return [
    ["name", name],
    ...(manifest ? [["version", manifest.version], ["brief", manifest.brief]] as [string, string][] : []),
    ["from", file ?? (builtIn ? "(built in)" : "(gone)")],
    ["mode", modeWords(plugin)],
    ...(manifest
      ? [["when", whenInWords(manifest.when)], ["host", needsInWords(manifest, handlersOf(plugin))]] as [
        string,
        string,
      ][]
      : []),
    ...(problem ? [["problem", problem.what], ["remedy", problem.remedy]] as [string, string][] : []),
  ];
}

function modeWords(plugin: KnownPlugin): string {
  const mode = modeOf(plugin);
  const { name } = plugin;
  if (mode === "unasked") {
    return `unasked: config.toml has no table [plugins.${name}]; \`plugin enable ${name}\``;
  }
  return mode === "audit" ? "audit: asked and recorded, and nothing is done" : mode;
}

async function optionsTold(
  host: Host,
  { config }: Index,
  { name, prepared, options }: KnownPlugin,
): Promise<Told[]> {
  if (!prepared) return [];
  const values = { ...optionsOf(prepared.manifest), ...options };
  return await Promise.all(
    Object.entries(prepared.manifest.options ?? {}).map(async ([option, { brief }]) => ({
      name: option,
      value: values[option],
      place: await whereSet(host, config.sources, ["plugins", name, "options", option]),
      brief,
    })),
  );
}

async function policiesTold(host: Host, { config }: Index, { name, policy }: KnownPlugin): Promise<Told[]> {
  const values = new Map(Object.entries(policy));
  const fields = Object.entries(POLICY_KEYS).filter(([field, key]) =>
    field !== "options" && !key.withoutEffect
  );
  const known = new Map(fields.map(([field, key]) => [key as unknown, values.get(field)]));
  return await Promise.all(
    listKeys(POLICY_KEYS).filter((key) => known.has(key)).map(async (key) => ({
      name: key.name,
      value: known.get(key),
      place: await whereSet(host, config.sources, ["plugins", name, key.name]),
      brief: key.brief,
    })),
  );
}
