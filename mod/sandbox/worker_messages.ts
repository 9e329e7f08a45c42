/** What passes between the core and a plugin's worker. */
import type { Container, PlanContext, PluginHost, PluginLog } from "../api/plugin.ts";
import { lookAtThrown, type Thrown } from "../core/thrown.ts";
import { type Code, Failure } from "../errors.ts";
import type { CachedPlugin } from "../plugin/load.ts";

/** A failure without its class. */
export interface PlainFailure {
  code: Code;
  what: string;
  remedy: string;
}

/** What became of a call of `host`. */
export interface HostOutcome {
  value?: unknown;
  /** Where it threw. */
  thrown?: SentThrown;
}

/** A call of `host`, or of `features`: answered in `buffer`, while the worker waits, or by a reply with its id. */
export interface HostCall {
  name: keyof (PluginHost & Pick<PlanContext, "features">);
  args: unknown[];
  id: number;
  buffer?: SharedArrayBuffer;
}

/** Something that was thrown on one side and is thrown again on the other. */
export interface SentThrown extends Thrown {
  /** Where it is one of ours. */
  failure?: PlainFailure;
}

/** What was thrown, fit to be sent. */
export function toSend(thrown: unknown): SentThrown {
  if (!(thrown instanceof Failure)) return lookAtThrown(thrown);
  const { code, what, remedy } = thrown;
  return { ...lookAtThrown(thrown), failure: { code, what, remedy } };
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
  | { thrown: SentThrown }
  | { say: keyof PluginLog; message: string }
  | { call: HostCall };
