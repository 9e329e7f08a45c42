/** `container-hooks config`: what holds, and which file says so. */
import type { Context } from "../kit/context.ts";
import { printJson, printTable } from "../kit/output.ts";
import { parseKey } from "../../config/assignment.ts";
import { closest } from "../../config/closest.ts";
import { configPath, readConfig } from "../../config/config.ts";
import { DEFAULT_CONFIG } from "../../config/default_text.ts";
import { listKeys } from "../../config/key.ts";
import { KEYS, POLICY_KEYS } from "../../config/keys.ts";
import type { KeyPath } from "../../config/where_set.ts";
import { keysWithoutEffect } from "../../config/without_effect.ts";
import { listSettings, type Setting } from "../../config/settings.ts";
import { PLUGIN_NAME } from "../../core/manifest.ts";
import { writeKey, writeValue } from "../../text/toml/write.ts";
import { Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { openIndex } from "../../index/open_index.ts";
import type { Program } from "../../plugin/program.ts";
import { problemsOf } from "./problems.ts";
import { stoppingPlugins } from "./stopping.ts";
import type { ProgramContext } from "../program_context.ts";

interface Flags {
  json: boolean;
}

/** Prints every key that has a value, or the names of all that can have one. */
export async function show(this: ProgramContext, { json, quiet }: Flags & { quiet: boolean }): Promise<void> {
  if (quiet) {
    const names = await keyNames(this);
    return json ? printJson(this.host, names) : this.host.stdout(names.map((name) => `${name}\n`).join(""));
  }
  const settings = await listSettings(this.host, await readConfig(this.host));
  if (json) return printJson(this.host, settings.map(inJson));
  await printSettings(this, settings);
}

/** Lists every key as it is written on a command line, those of each plugin too. */
async function keyNames({ host, program }: ProgramContext): Promise<string[]> {
  const general = listKeys(KEYS).map(({ section, name }) => [section, name]);
  const plugins = await pluginNames(host, program);
  const policies = plugins.flatMap((plugin) =>
    listKeys(POLICY_KEYS).map(({ name }) => ["plugins", plugin, name])
  );
  return [...general, ...policies].map((key) => writeKey(key));
}

/** None where the configuration is wrong, which is then to be mended by the other keys. */
async function pluginNames(host: Host, program: Program): Promise<string[]> {
  try {
    return (await openIndex(host, program)).plugins.map(({ name }) => name).sort();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return [];
  }
}

/** Prints the value of one key by itself, or the keys of a table. */
export async function get(this: Context, { json }: Flags, text: string): Promise<void> {
  const key = parseKey(text);
  const [section, plugin] = key;
  const asked = section === "plugins" && plugin !== undefined && PLUGIN_NAME.test(plugin) ? [plugin] : [];
  const settings = await listSettings(this.host, await readConfig(this.host), asked);
  const found = settings.filter((setting) => key.every((word, index) => setting.key[index] === word));
  const [only] = found;
  if (!only) throw unknown(key, settings);
  const isWhole = only.key.length === key.length;
  if (json) return printJson(this.host, isWhole ? inJson(only) : found.map(inJson));
  if (!isWhole) return await printSettings(this, found);
  this.host.stdout(`${typeof only.value === "string" ? only.value : inToml(only)}\n`);
}

/** A key that nothing sets, with the one that may be meant. */
export function unknown(key: KeyPath, settings: readonly Setting[]): Error {
  const near = closest(writeKey(key), settings.map((setting) => writeKey(setting.key)));
  return failure("not-found", {
    what: `no configuration file sets ${writeKey(key)}, and it has no default`,
    remedy: near
      ? `did you mean ${near}?`
      : "`container-hooks config show` lists what is set, docs/configuration.md what can be",
  });
}

async function printSettings({ host }: Context, settings: readonly Setting[]): Promise<void> {
  await printTable(
    host,
    ["KEY", "VALUE", "SET IN"],
    settings.map((setting) => [writeKey(setting.key), inToml(setting), placeText(setting)]),
  );
}

function inToml({ value }: Setting): string {
  return writeValue(value as Parameters<typeof writeValue>[0]);
}

function placeText({ place }: Setting): string {
  if (!place) return "(default)";
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

function inJson({ key, value, place }: Setting): unknown {
  return { key: writeKey(key), value, ...place };
}

/** Prints the files that count. */
export async function path(this: Context, { json }: Flags): Promise<void> {
  const { sources } = await readConfig(this.host);
  const files = sources.filter(({ status }) => status?.kind === "a regular file").map((source) =>
    source.path
  );
  const main = configPath(this.host);
  if (json) return printJson(this.host, { path: main, files });
  for (const file of files) this.host.stdout(`${file}\n`);
  if (!files.includes(main)) this.host.stdout(`${main} (not there: defaults)\n`);
}

/** Reads all of it as a create does, the plugins and their files too. @throws {Failure} where no container could start with it */
export async function check(this: ProgramContext, { json }: Flags): Promise<void> {
  const { host, program, checks } = this;
  const index = await openIndex(host, program);
  const { config, plugins } = index;
  const problems = [...await problemsOf(host, index, checks), ...await stoppingPlugins(host, this, index)];
  const files = config.sources.filter(({ status }) => status?.kind === "a regular file").length;
  const idle = await keysWithoutEffect(host, config);
  if (json) {
    const told = problems.map(({ plugin, failure: { code, what, remedy } }) => ({
      plugin,
      code,
      what,
      remedy,
    }));
    printJson(host, { path: config.path, files, plugins: plugins.length, problems: told, notices: idle });
  }
  if (problems[0]) throw problems[0].failure;
  if (json) return;
  for (const sentence of idle) host.stdout(`${sentence}\n`);
  host.stdout(
    `the configuration is valid: ${counted(files, "file")}, ${counted(plugins.length, "plugin")}\n`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Prints the commented file of defaults. */
export function printDefault(this: Context): void {
  this.host.stdout(DEFAULT_CONFIG);
}
