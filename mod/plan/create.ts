/**
 * One create: what was asked, and the attempt to do it.
 *
 * Who asks is {@linkcode Program}, constant for the process. A function takes the least of the three: the program,
 * the call, or the create, which holds both.
 */
import type { Operation } from "../core/oci.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import { type Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import type { Program } from "../plugin/program.ts";
import type { JournalEntry, PlannedBy, PlanStep, PluginRecord } from "../state/journal.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import type { Isolate } from "../sandbox/isolate.ts";
import type { BundleConfig } from "./config_file.ts";
import { type Isolates, SharedIsolate } from "./open_code.ts";
import { takeSlot } from "../state/slots.ts";

/** What the runtime was asked to make: the words of a complete create, run or restore. */
export interface CreateCall {
  /** Untrusted text: never part of a path. */
  id: string;
  /** Absolute. */
  bundle: string;
  /** Absolute, and as the runtime will follow it: with the symbolic links that `bundle` is without once found. */
  askedBundle: string;
  /** Absolute. */
  configFile: string;
  operation: Operation;
  /** Absolute path of the OCI runtime. */
  runtime: string;
  /** The runtime's own `--root`. */
  root?: string;
  /** Absolute path of the file in which the runtime says why it failed. */
  log?: string;
}

/** One attempt to do what a call asks for, filled as it goes, so that a refusal is recorded with all that is known. */
export interface Create {
  readonly program: Program;
  /** Its bundle is without symbolic links once it was found. */
  call: CreateCall;
  /** Names the journal entry. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** When it began by the clock that {@linkcode reached} counts with. */
  readonly clock: number;
  /** What is done of it. */
  steps: PlanStep[];
  /** True where the bypass is on. */
  bypass?: true;
  /** The audit trail, once the configuration has said where; "": none. */
  auditLog?: string;
  /** Keeps nothing until the configuration has said where. */
  log: Log;
  /** Is called with a plugin's name when that is asked; what it returns is disposed of when it is not asked any more. */
  readonly asking: (plugin: string) => Disposable;
  /** Whether the plugins' isolate is started before it is known which of them are asked. */
  readonly early: boolean;
  /**
   * Where those of the plugins that lie on the disk are asked; called before any of them is.
   *
   * @param begun An isolate that opens any plugin, where one was started already.
   * @throws {LeftToAnother} where this process is not to ask one of them
   */
  readonly isolates: (plugins: readonly ConfiguredPlugin[], begun?: Isolate) => Isolates;
  /** Whether the service plans it, and why not where not. */
  readonly planned: PlannedBy;
  /** Waits for its turn among `count` that plan at once; given back when disposed. */
  readonly takeTurn: (count: number) => Promise<Disposable>;
  /** config.json, once it was read. */
  config?: BundleConfig;
  /** Which container it is, once the engine's records were read. */
  identity?: ContainerIdentity;
  /** What each plugin decided, in the order of asking. */
  records: PluginRecord[];
  /** How the plugins' handlers will be called, where there are any. */
  dispatch?: JournalEntry["dispatch"];
  /** The journal entry of what is to be done, from the moment before it is written. */
  written?: JournalEntry;
  /** Its time is up, and whoever asked has been told: whatever is still under way must come to nothing. */
  late?: true;
  /** Why the container must not start, once that is recorded. */
  refusal?: Failure;
}

/** What came of a create that was not refused. */
export interface PlanResult {
  outcome: "edited" | "unchanged";
  /** The token of the journal entry; absent where nothing was planned. */
  token?: string;
}

/** Thrown where a create is left to another process, before anything of it is done or recorded. */
export class LeftToAnother extends Error {}

const NOT_TOLD: Disposable = { [Symbol.dispose]() {} };

/** Begins an attempt. */
export function beginCreate(
  host: Host,
  program: Program,
  call: CreateCall,
  {
    asking = () => NOT_TOLD,
    early = false,
    isolates = isolatesOfItsOwn(program),
    takeTurn = (count) => takeSlot(host, count),
    planned = BY_ITSELF,
  }: Partial<Pick<Create, "asking" | "early" | "isolates" | "takeTurn" | "planned">> = {},
): Create {
  return {
    program,
    call,
    token: host.randomToken(),
    began: host.uptime(),
    clock: performance.now(),
    // The program that plans this one container alone began with its process.
    steps: early ? [["program", -performance.now()]] : [],
    log: () => {},
    asking,
    early,
    isolates,
    planned,
    takeTurn,
    records: [],
  };
}

const BY_ITSELF: PlannedBy = { warm: false, why: "no launcher stands in front of the program" };

function isolatesOfItsOwn({ module }: Program): Create["isolates"] {
  return (plugins, begun) => new SharedIsolate(module, plugins, begun);
}

/**
 * Notes that a step is done.
 *
 * @param from When it began, by `performance.now()`; by default when the step before it was done.
 */
export function reached(
  { steps, clock }: Pick<Create, "steps" | "clock">,
  step: string,
  from?: number,
): void {
  const done = performance.now() - clock;
  steps.push(from === undefined ? [step, done] : [step, done, from - clock]);
}

/** Whether the start of this container must come to us. */
export function hasStart({ records }: Create): boolean {
  return records.some(({ handlers }) => handlers?.stages.includes("start"));
}

/** An engine that was killed, or was told that it took too long, must not find a container that it never heard of. */
export function refuseUnlessAwaited(host: Host, { late }: Create): void {
  if (late || host.orphaned()) throw failure("parent-gone", {});
}
