/** Whether every plugin can be asked, and whether what was made of them can be kept. */
import { type Finding, fine, thrownFinding, warning } from "../cli/kit/finding.ts";
import { policyOf } from "../config/config.ts";
import { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../plugin/program.ts";
import { stateFolder } from "../host/our_folders.ts";
import { brokenFailure, type Index } from "../index/entries.ts";
import { lastIndex, openIndex } from "../index/open_index.ts";

/** Makes the index as a create does, and tells what is wrong with each plugin. */
export async function checkPlugins(host: Host, program: Program): Promise<Finding[]> {
  let index: Index;
  try {
    index = await openIndex(host, program);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return isOfConfiguration(thrown) ? [] : [thrownFinding("plugins", thrown)];
  }
  return [...readyFindings(index), ...brokenFindings(index), ...keptFindings(host, index)];
}

/** The check of the configuration tells that. */
function isOfConfiguration({ code }: Failure): boolean {
  return code.startsWith("config-") || code === "when";
}

function readyFindings({ plugins, config }: Index): Finding[] {
  const names = (mode: string) =>
    plugins.filter(({ name, state }) =>
      state === "off" ? mode === "off" : state === "ready" && policyOf(config, name).mode === mode
    ).map(({ name }) => name);
  const told = ["enforce", "audit", "off"].flatMap((mode) => {
    const found = names(mode);
    return found.length > 0 ? [`${mode}: ${found.join(", ")}`] : [];
  });
  return told.length > 0 ? [fine("plugins", told.join("; "))] : [];
}

function brokenFindings({ plugins, config }: Index): Finding[] {
  return plugins.flatMap((plugin) => {
    if (plugin.state !== "broken") return [];
    const { mode, onError } = policyOf(config, plugin.name);
    const stops = mode === "enforce" && onError === "fail";
    return [thrownFinding(`plugin ${plugin.name}`, brokenFailure(plugin), stops ? "error" : "warning")];
  });
}

/** An index that cannot be kept is made anew at every create. */
function keptFindings(host: Host, { builtAt }: Index): Finding[] {
  if (lastIndex(host)?.builtAt === builtAt) return [];
  const folder = stateFolder(host);
  return [warning(
    "plugin index",
    `it cannot be kept in ${folder}, so every create reads all plugins anew`,
    `make room in ${folder}, and make it writable for its owner, and for nobody else`,
  )];
}
