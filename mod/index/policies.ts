/** Makes the policies that a create goes by from the index. */
import { type Config, policyOf } from "../config/config.ts";
import { HANDLER_STAGES } from "../core/oci.ts";
import type { BuiltIns } from "../plugin/built_in.ts";
import type { ConfiguredPlugin } from "./configured_plugin.ts";
import { brokenFailure, type Index, type ReadyPlugin } from "./entries.ts";

/** A plugin that cannot be used, and without which containers start all the same. */
export interface MissedPlugin {
  name: string;
  why: string;
}

/** What the administrator has decided for all creates: the plugins that are switched on, and the limits. */
export interface Policies {
  config: Pick<Config, "auditLog" | "concurrency" | "deadline" | "foreignBundles" | "log">;
  plugins: readonly ConfiguredPlugin[];
  missed: readonly MissedPlugin[];
}

/**
 * Gets the policies of an index, or of a part of it.
 *
 * @throws {Failure} of a broken plugin that the policy does not let containers start without
 */
export function policiesOf(
  { config, plugins }: Pick<Index, "config" | "plugins">,
  builtin: BuiltIns,
): Policies {
  const ready: ConfiguredPlugin[] = [];
  const missed: MissedPlugin[] = [];
  for (const entry of plugins) {
    if (entry.state === "off") continue;
    const { mode, onError } = policyOf(config, entry.name);
    if (entry.state === "ready") ready.push(configured(config, entry, builtin));
    else if (mode === "enforce" && onError === "fail") throw brokenFailure(entry);
    else missed.push({ name: entry.name, why: entry.error.what });
  }
  return { config, plugins: ready, missed };
}

function configured(config: Config, entry: ReadyPlugin, builtin: BuiltIns): ConfiguredPlugin {
  const { mode, onError, timeout, order, when } = policyOf(config, entry.name);
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
    asks: entry.asks,
    handlers: HANDLER_STAGES.filter((stage) => entry.has[stage]),
    load: code ? undefined : async () => (await builtin[entry.name]!.load()).default,
  };
}
