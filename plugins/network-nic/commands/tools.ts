/** What the plugin's code works with, made for a command. */
import type { Host } from "../../../mod/host/host.ts";
import { runFolder } from "../../../mod/host/our_folders.ts";
import { alone, keep, keptBy } from "../../../mod/journal/kept.ts";
import { pluginHost } from "../../../mod/loader/plugin_host.ts";
import plugin from "../plugin.ts";
import type { Tools } from "../tools.ts";

/** The same that its handlers get; what they would log, a command says by itself. */
export function toolsOf(host: Host): Tools {
  const { name, needs = {} } = plugin;
  const run = runFolder(host);
  return {
    host: pluginHost(host, name, "nic", needs, {}, () => keptBy(host, name, run)),
    keep: (key, value) => keep(host, name, run, key, value),
    alone: (work) => alone(host, name, run, work),
    log: { debug() {}, info() {}, warn() {} },
  };
}
