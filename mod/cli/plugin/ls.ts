/** `container-hooks plugin ls`: the plugins of this host, one a line. */
import { openIndex } from "../../index/open_index.ts";
import { writeValue } from "../../text/toml/write.ts";
import { COLOUR } from "../kit/colour.ts";
import { type Cell, printJson, printPairs, printTable } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { needsInWords, optionsOf, whenInWords } from "./in_words.ts";
import { handlersOf, type KnownPlugin, knownPlugins, modeOf } from "./known.ts";

const COLOURS: Record<string, number> = { enforce: COLOUR.good, audit: COLOUR.warning, broken: COLOUR.bad };

interface Flags {
  json: boolean;
  quiet: boolean;
}

/** Lists them. */
export async function ls(this: ProgramContext, { json, quiet }: Flags): Promise<void> {
  const { host, program } = this;
  if (quiet) {
    const names = (await openIndex(host, program)).plugins.map(({ name }) => name).sort();
    return json ? printJson(host, names) : host.stdout(names.map((name) => `${name}\n`).join(""));
  }
  const { plugins } = await knownPlugins(host, program);
  if (json) return printJson(host, plugins.map(inJson));
  await printTable(host, ["NAME", "VERSION", "MODE", "ORDER", "ON-ERROR", "FROM"], plugins.map(rowOf));
  for (const plugin of plugins) {
    host.stdout(`\n${plugin.name}\n`);
    await printPairs(host, factsOf(plugin));
  }
}

function rowOf(plugin: KnownPlugin): Cell[] {
  const { name, file, builtIn, policy, prepared } = plugin;
  const mode = modeOf(plugin);
  return [
    name,
    prepared?.manifest.version ?? "?",
    COLOURS[mode] ? { text: mode, colour: COLOURS[mode] } : mode,
    String(policy.order),
    policy.onError,
    file ?? (builtIn ? "(built in)" : "(gone)"),
  ];
}

/** What a line has no room for. */
function factsOf(plugin: KnownPlugin): [string, string][] {
  const { policy, prepared, problem } = plugin;
  if (problem) return [["problem", problem.what], ["remedy", problem.remedy]];
  if (!prepared) return [["when", "not known: its file is gone"]];
  const { manifest } = prepared;
  const narrowed = policy.when ? `, narrowed: ${whenInWords(policy.when)}` : "";
  return [
    ["when", whenInWords(manifest.when) + narrowed],
    ["options", optionsText(plugin) || "none"],
    ["host", needsInWords(manifest, handlersOf(plugin))],
  ];
}

function optionsText({ prepared, options }: KnownPlugin): string {
  const values = Object.entries({ ...optionsOf(prepared!.manifest), ...options });
  return values.map(([name, value]) => value === undefined ? name : `${name}=${valueText(value)}`).join(" ");
}

/** A value as config.toml has it; nothing where there is none. */
export function valueText(value: unknown): string {
  return value === undefined ? "" : writeValue(value as Parameters<typeof writeValue>[0]);
}

/** What programs are told of a plugin. */
export function inJson(plugin: KnownPlugin): unknown {
  const { name, file, builtIn, policy, prepared, options, problem } = plugin;
  return {
    name,
    version: prepared?.manifest.version,
    brief: prepared?.manifest.brief,
    file,
    builtIn,
    mode: modeOf(plugin),
    policy,
    gate: prepared?.manifest.gate ?? false,
    when: prepared?.manifest.when,
    needs: prepared?.manifest.needs,
    handlers: handlersOf(plugin),
    options: options ?? (prepared ? optionsOf(prepared.manifest) : undefined),
    problem: problem && { code: problem.code, what: problem.what, remedy: problem.remedy },
  };
}
