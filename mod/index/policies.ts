/** From the index to the plugins of a create. */
import { policyOf } from "../config/config.ts";
import { HANDLER_STAGES } from "../core/oci.ts";
import { type BuiltIns, openBuiltIn } from "../plugin/built_in.ts";
import { openPlugin } from "../plugin/load.ts";
import { brokenFailure, type Index, type ReadyPlugin } from "./entries.ts";
import type { PlannedPlugin } from "./planned_plugin.ts";
import { standingGates } from "./standing_gates.ts";

/** A plugin that cannot be used, and without which containers start all the same. */
export interface MissedPlugin {
  name: string;
  why: string;
}

/** The plugins of a create. */
export interface Prepared {
  plugins: PlannedPlugin[];
  missed: MissedPlugin[];
}

/**
 * The plugins that are switched on, each with its policy.
 *
 * @throws {Failure} of a broken plugin that the policy does not let containers start without
 */
export function preparePlugins(index: Index, builtin: BuiltIns): Prepared {
  const prepared: Prepared = { plugins: [], missed: [] };
  for (const entry of index.plugins) {
    if (entry.state === "off") continue;
    const { mode, onError } = policyOf(index.config, entry.name);
    if (entry.state === "ready") prepared.plugins.push(plan(index, entry, builtin));
    else if (mode === "enforce" && onError === "fail") throw brokenFailure(entry);
    else prepared.missed.push({ name: entry.name, why: entry.error.what });
  }
  return prepared;
}

/**
 * The gates that stand while the bypass is on.
 *
 * @throws {Failure} of such a gate that is broken
 */
export function prepareStanding(index: Index, builtin: BuiltIns): Prepared {
  return { ...preparePlugins({ ...index, plugins: standingGates(index) }, builtin), missed: [] };
}

function plan({ config }: Index, entry: ReadyPlugin, builtin: BuiltIns): PlannedPlugin {
  const { mode, onError, timeout, order, when, isolation } = policyOf(config, entry.name);
  const { cached } = entry;
  const code = cached && { folder: cached.folder, root: cached.root, entry: cached.entry };
  return {
    manifest: entry.manifest,
    mode: mode === "audit" ? "audit" : "enforce",
    onError,
    timeout: timeout * 1000,
    order,
    when,
    options: entry.options,
    code,
    handlers: HANDLER_STAGES.filter((stage) => entry.has[stage]),
    isolation,
    open: code ? () => openPlugin(code) : () => openBuiltIn(builtin[entry.name]!),
  };
}
