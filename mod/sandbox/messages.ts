/**
 * What passes between the core and an isolate: plain data alone. What comes from an isolate is believed in nothing
 * until it has been taken apart here.
 */
import type { Container, HandlerContext, PlanContext, PluginHost, PluginLog, State } from "../api/plugin.ts";
import type { HandlerStage } from "../core/oci.ts";
import { lookAtThrown, type Thrown } from "../core/thrown.ts";
import type { CachedPlugin } from "../plugin/cached.ts";

/** What one handler may register to take its work back. */
export const UNDO_LIMIT = 1000;

/** What one call of a plugin's code is to do. */
export type Work =
  | { plan: { container: Container; options: Record<string, unknown> } }
  | { handle: { stage: HandlerStage; state: State; options: Record<string, unknown>; carry: unknown } }
  /** The number of what a handler registered. */
  | { undo: number };

/** The first message to an isolate. */
export interface Opening {
  /** The plugins that may be called, by their places here. */
  open: readonly CachedPlugin[];
  /** The memory in which answers to calls that wait are written. */
  buffer: SharedArrayBuffer;
}

/** A message to the isolate. */
export type ToIsolate =
  | Opening
  | { call: number; plugin: number; work: Work }
  /** The time of what was called last is up. */
  | { abort: true }
  /** The last call has ended: what it has left behind is to stop. */
  | { settle: true }
  | { reply: number; outcome: HostOutcome };

/** Calls of the outside that an isolate waits for, its thread standing still. */
const WAITING = [
  "readTextFile",
  "readJsonFile",
  "readFile",
  "readFolder",
  "lstat",
  "readLink",
  "kept",
  "keep",
  "stored",
  "storedNames",
  "store",
  "cached",
  "cache",
] as const;
/** Calls of the outside that are answered by a reply. */
const REPLIED = ["run", "sha256", "features", "enterAlone", "leaveAlone"] as const;

/** What an isolate calls the core for. */
export type CallName = (typeof WAITING)[number] | (typeof REPLIED)[number];

/** The functions of the core that are called so. */
export type CoreFunctions =
  & PluginHost
  & Pick<PlanContext, "features">
  & Pick<HandlerContext, "keep" | "store">
  & { enterAlone(): Promise<void>; leaveAlone(): Promise<void> };

/** A message from the isolate. `call` is the number of the call that it belongs to. */
export type FromIsolate =
  /** The isolate listens; what is sent before that is lost. */
  | { kind: "opened" }
  | { kind: "answer"; call: number; answer: unknown }
  | { kind: "thrown"; call: number; thrown: SentThrown }
  /** Nothing runs there any more; `bytes` of memory are in use. */
  | { kind: "settled"; bytes: number }
  | { kind: "say"; call: number; level: keyof PluginLog; message: string }
  /** A handler has registered what takes its work back. */
  | { kind: "undo"; call: number; undo: number }
  /** A call of the outside. It has an `id` if the answer is to be a reply. */
  | { kind: "outside"; call: number; name: CallName; args: readonly unknown[]; id?: number };

/** What became of a call of the outside. */
export interface HostOutcome {
  value?: unknown;
  /** What it threw, if it threw. */
  thrown?: SentThrown;
}

/** Something that was thrown on one side and is thrown again on the other. */
export interface SentThrown extends Thrown {
  /** The number of a failure of the core among those that this call has had, so that no one else's words count. */
  failure?: number;
  /** The field of an answer that is no plain data, and why. */
  edit?: { field: string; why: string };
}

/** Copies a message of an isolate into an object of our own; undefined where it is none. */
export function readMessage(data: unknown): FromIsolate | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const message = data as Record<string, unknown>;
  const { kind, call } = message;
  if (kind === "opened") return { kind };
  if (kind === "settled") return isNumber(message.bytes) ? { kind, bytes: message.bytes } : undefined;
  if (!isNumber(call)) return undefined;
  switch (kind) {
    case "answer":
      return { kind, call, answer: message.answer };
    case "thrown":
      return { kind, call, thrown: readThrown(message.thrown) };
    case "say": {
      const { level, message: text } = message;
      if (level !== "debug" && level !== "info" && level !== "warn") return undefined;
      return typeof text === "string" ? { kind, call, level, message: text } : undefined;
    }
    case "undo":
      return isNumber(message.undo) ? { kind, call, undo: message.undo } : undefined;
    case "outside":
      return readOutside(call, message);
  }
  return undefined;
}

function readOutside(call: number, { name, args, id }: Record<string, unknown>): FromIsolate | undefined {
  if (!Array.isArray(args) || args.length > 3) return undefined;
  const own = Array.from({ length: args.length }, (_, index): unknown => args[index]);
  const waiting = WAITING.find((known) => known === name);
  if (waiting) return { kind: "outside", call, name: waiting, args: own };
  const replied = REPLIED.find((known) => known === name);
  return replied && isNumber(id) ? { kind: "outside", call, name: replied, args: own, id } : undefined;
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readThrown(value: unknown): SentThrown {
  const { name, message, stack, remedy, failure, edit } = (value ?? {}) as Record<string, unknown>;
  const isError = typeof name === "string" && name !== "";
  const thrown = lookAtThrown(isError ? { name, message, stack, remedy } : message);
  const { field, why } = (edit ?? {}) as Record<string, unknown>;
  if (typeof field === "string" && typeof why === "string") return { ...thrown, edit: { field, why } };
  return isNumber(failure) ? { ...thrown, failure } : thrown;
}
