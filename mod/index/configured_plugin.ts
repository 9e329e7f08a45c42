/** A plugin as the administrator configured it: pure data about it, and its code behind a function. */
import type { Manifest, Plugin, When } from "../api/plugin.ts";
import type { HandlerStage } from "../core/oci.ts";
import type { Asks } from "../plugin/asks.ts";
import type { CachedPlugin } from "../plugin/cached.ts";

/** A plugin with the administrator's policy. */
export interface ConfiguredPlugin {
  manifest: Manifest;
  /** "audit": asked, recorded, and nothing done. */
  mode: "enforce" | "audit";
  /** What its failure does to the container; a denial always stops it. */
  onError: "fail" | "warn";
  /** Milliseconds. */
  timeout: number;
  /** The lower, the earlier its hooks and mounts stand; equal ones by name. */
  order: number;
  /** The administrator's narrowing, beside the plugin's own `when`. */
  when?: When;
  /** Checked against the manifest's descriptors, defaults filled in. */
  options: Record<string, unknown>;
  /** Where its code is cached; absent for a plugin that is part of the program. */
  code?: CachedPlugin;
  /** What its code looks at, beside its `when`, of what an engine may not tell. */
  asks: Asks;
  /** Stages that it has handlers for. */
  handlers: readonly HandlerStage[];
  /** Loads it where it is part of the program. */
  load?: () => Promise<Plugin>;
}

/** Sorts plugins into the order in which their edits stand. */
export function inOrder(plugins: readonly ConfiguredPlugin[]): ConfiguredPlugin[] {
  return [...plugins].sort((a, b) => a.order - b.order || (a.manifest.name < b.manifest.name ? -1 : 1));
}
