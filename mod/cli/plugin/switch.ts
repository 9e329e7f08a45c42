/** `container-hooks plugin enable` and `disable`: the mode of one plugin, in the file that decides. */
import { policyOf, readConfig } from "../../config/config.ts";
import { lineOf } from "../../config/where_set.ts";
import { openIndex } from "../../index/open_index.ts";
import { planChange, writeAll } from "../config/change.ts";
import { withoutMark } from "../config/draft.ts";
import { printDiffs } from "../config/set.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { pluginNamed } from "./known.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
}

type Mode = "enforce" | "off";

/** Switches it on. */
export async function enable(this: ProgramContext, flags: Flags, name: string): Promise<void> {
  await switchTo(this, flags, name, "enforce");
}

/** Switches it off. */
export async function disable(this: ProgramContext, flags: Flags, name: string): Promise<void> {
  await switchTo(this, flags, name, "off");
}

async function switchTo(context: ProgramContext, flags: Flags, name: string, mode: Mode): Promise<void> {
  const { host, program } = context;
  const plugin = pluginNamed((await openIndex(host, program)).plugins, name);
  const isSo = mode === "off" ? plugin.state === "off" : await isEnforced(context, plugin);
  if (isSo) {
    if (flags.json) return printJson(host, { name, mode, changed: false, dryRun: flags.dryRun });
    return host.stdout(`plugin ${name} is ${wordOf(mode)} already\n`);
  }
  const key = ["plugins", name, "mode"];
  const { placed: [placed], changed } = await planChange(host, context, [{ key, value: mode }]);
  const { file, after } = placed!.draft;
  if (!flags.dryRun) writeAll(host, changed);
  const line = await lineOf(withoutMark(after), key);
  if (flags.json) return printJson(host, { name, mode, changed: true, dryRun: flags.dryRun, file, line });
  if (flags.dryRun) return await printDiffs(host, changed);
  host.stdout(
    `plugin ${name} is ${wordOf(mode)} now, by ${file}:${line}; containers that run keep what they have\n`,
  );
}

/** A built-in plugin waits for a table, which its mode makes. */
async function isEnforced(
  { host }: ProgramContext,
  plugin: { name: string; state: string },
): Promise<boolean> {
  const config = await readConfig(host);
  return plugin.state !== "off" && policyOf(config, plugin.name).mode === "enforce";
}

function wordOf(mode: Mode): string {
  return mode === "off" ? "off" : "on";
}
