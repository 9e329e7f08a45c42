/** What the service does for a launcher that asks about a create: the same as a planner that it would start. */
import { asFailure, oneLine } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Index } from "../index/entries.ts";
import { type Create, LeftToAnother } from "../plan/create.ts";
import type { Program } from "../plugin/program.ts";
import { beforeCreate } from "../wrapper/before_create.ts";
import { CHAIN_VARIABLE, mayLeadBack } from "../wrapper/chain.ts";
import { readEngineLog } from "../wrapper/command_line.ts";
import { findRuntime } from "../wrapper/find_runtime.ts";
import { reportFailure } from "../wrapper/report.ts";
import { readCall } from "../wrapper/runtime_call.ts";
import type { WaitingCaller } from "./places.ts";

/** Bytes of an answer, below what a pipe takes at once. */
const ANSWER_LIMIT = 3000;

/** What all answers are made with. */
export interface Planner {
  host: Host;
  program: Program;
  /** The index, current a moment ago. */
  index: Index;
  /** Where plugins are asked; see {@linkcode Create}. */
  isolates: Create["isolates"];
  /** Waits for a turn to plan. */
  takeTurn: Create["takeTurn"];
  /** Told which plugin is asked, until what it returns is disposed of. */
  asking(plugin: string): Disposable;
}

/**
 * Plans the container.
 *
 * @returns the words behind `N PID`: "edited LENGTH TOKEN WORD...", "nothing LENGTH TOKEN WORD...", where each WORD is
 * the number of an argument that is ours, and LENGTH that of what follows it; or "refused SENTENCE"; or "cold WHY"
 */
export async function answerPlan(planner: Planner, asked: WaitingCaller): Promise<string> {
  const { program, index, isolates, takeTurn, asking } = planner;
  const { args, about: runtime } = asked;
  const host = callersHost(planner.host, asked);
  try {
    findRuntime(host, [runtime], program.file);
    const call = await readCall(host, runtime, args);
    if (!call?.complete) return "cold it is no call that makes a container";
    const { outcome, token = "-" } = await beforeCreate(host, program, call, {
      current: index,
      isolates,
      takeTurn,
      asking,
      planned: { warm: true },
    });
    // The entry is for another of ours further down alone, and a shell reads byte by byte.
    const told = [mayLeadBack(runtime) ? token : "-", ...call.ours].join(" ");
    return `${outcome === "edited" ? "edited" : "nothing"} ${told.length} ${told}`;
  } catch (thrown) {
    if (thrown instanceof LeftToAnother) return `cold ${thrown.message}`;
    const why = asFailure(thrown);
    reportFailure(host, readEngineLog(args, runtime), why);
    return `refused ${cut(oneLine(why.message))}`;
  }
}

/** The outside world as the launcher has it that asks. */
function callersHost(host: Host, { cwd, env, waits }: WaitingCaller): Host {
  return {
    ...host,
    cwd: () => cwd,
    env: (name) => name === CHAIN_VARIABLE ? env(name) : host.env(name),
    // It is the parent of the planner that it would start.
    orphaned: () => !waits(),
    // The launcher says it: what is written here would be read by nobody.
    stderr: () => {},
    // What ends one create must not end those of others. A plugin's endless loop ends its isolate, and for what
    // never comes back in the core there is the timer of the service.
    killAfter: () => ({ [Symbol.dispose]() {} }),
  };
}

/** Cuts a text to what fits into an answer. */
export function cut(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= ANSWER_LIMIT) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, ANSWER_LIMIT)).replace(/\ufffd$/, "")}…`;
}
