/** What the plugin's code works with, made for a command. */
import { type Failure, failure } from "../../../mod/errors.ts";
import type { Host } from "../../../mod/host/host.ts";
import { runFolder } from "../../../mod/host/our_folders.ts";
import { alone, keep, keptBy, keptPath } from "../../../mod/state/kept.ts";
import { valuesOf } from "../../../mod/state/plugin_values.ts";
import { pluginHost } from "../../../mod/plugin/plugin_host.ts";
import { misshapen } from "../attachment.ts";
import plugin from "../plugin.ts";
import type { Tools } from "../tools.ts";

/** Gives a command the tools that handlers get; what those would log, a command says by itself. */
export function toolsOf(host: Host): Tools {
  const { name, needs = {} } = plugin;
  const run = runFolder(host);
  return {
    // What is damaged is told by `damagedFiles`.
    host: pluginHost(host, name, "nic", needs, {}, valuesOf(host, name, run, () => {})),
    keep: (key, value) => keep(host, name, run, key, value),
    alone: (work) => alone(host, name, run, work),
    log: { debug() {}, info() {}, warn() {} },
  };
}

/** Makes a failure for each file on record that cannot be understood: the devices in it are on record no more. */
export function damagedFiles(host: Host): Failure[] {
  const { name } = plugin;
  const run = runFolder(host);
  const damaged: Failure[] = [];
  const kept = keptBy(host, name, run, (failure) => damaged.push(failure));
  const why = "it is not what we write there";
  const strange = misshapen({ kept: () => kept })
    .map((value) => failure("kept-damaged", { plugin: name, path: keptPath(run, name, value), why }));
  return [...damaged, ...strange];
}
