/** What passes between the core and a plugin's worker. */
import type { Container, PlanContext, PluginHost, PluginLog } from "../api/plugin.ts";
import type { Code } from "../errors.ts";
import type { CachedPlugin } from "../loader/load.ts";

/** A failure without its class. */
export interface PlainFailure {
  code: Code;
  what: string;
  remedy: string;
}

/** What became of a call of `host`. */
export interface HostOutcome {
  value?: unknown;
  failure?: PlainFailure;
}

/** A call of `host`, or of `features`: answered in `buffer`, while the worker waits, or by a reply with its id. */
export interface HostCall {
  name: keyof (PluginHost & Pick<PlanContext, "features">);
  args: unknown[];
  id: number;
  buffer?: SharedArrayBuffer;
}

/** Something that the plugin threw. */
export interface Thrown {
  name: string;
  message: string;
  stack: string;
  remedy?: string;
  /** Where it is one of ours, which the plugin let through. */
  failure?: PlainFailure;
}

export type ToWorker =
  | { open: CachedPlugin }
  | { plan: { container: Container; options: Record<string, unknown> } }
  | { reply: number; outcome: HostOutcome };

export type FromWorker =
  /** It listens; what is sent before that is lost. */
  | { ready: true }
  | { opened: true }
  | { answer: unknown }
  | { thrown: Thrown }
  | { say: keyof PluginLog; message: string }
  | { call: HostCall };
