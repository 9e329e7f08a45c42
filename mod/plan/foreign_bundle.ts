/**
 * A bundle that others than root can write: what a gate was shown, and what plugins have written, can be exchanged
 * before the runtime reads it.
 */
import { failure } from "../errors.ts";
import { foreignWriter } from "../host/foreign_writers.ts";
import type { Host } from "../host/host.ts";
import type { Policies } from "../index/policies.ts";
import type { Create } from "./create.ts";
import type { Selection } from "./select.ts";

/**
 * Refuses such a bundle where something was decided about it, unless the administrator accepts that.
 *
 * @throws {Failure} foreign-bundle
 */
export function refuseForeignBundle(
  host: Host,
  create: Create,
  { config }: Policies,
  selections: readonly Selection[],
): void {
  const { call, log } = create;
  const first = selections.find((selection) => decides(selection, create));
  if (!first) return;
  const found = foreignWriter(host, call.askedBundle) ?? foreignWriter(host, call.configFile);
  if (!found) return;
  const why = failure("foreign-bundle", {
    bundle: call.askedBundle,
    plugin: first.plugin.manifest.name,
    ...found,
  });
  if (config.foreignBundles !== "accept") throw why;
  log("warn", `${why.what}; it is accepted by foreign-bundles = "accept"`, { container: call.id });
}

/**
 * Whether another config.json could be decided about in another way. A gate's could also where its `when` does not
 * hold: by this one it may not, and by the one that is there when the runtime comes it would. What is part of the
 * program and does nothing to this container is no reason, so that a host without a plugin is not held up.
 */
function decides({ plugin, selected }: Selection, { records }: Create): boolean {
  const { manifest, mode, code } = plugin;
  if (mode !== "enforce") return false;
  if (manifest.gate === true) return true;
  const record = records.find(({ name }) => name === manifest.name);
  return selected && (code !== undefined || record?.handlers !== undefined || record?.edits.length !== 0);
}
