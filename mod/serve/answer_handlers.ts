/**
 * What the service does for the script of a hook, and for a launcher that starts a container with a handler at
 * `start`: the same as the program that they would start.
 *
 * Once it has said `begun`, it alone does the work, and what it does is on record until the caller has its answer.
 */
import { asFailure, failure, oneLine } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { after, pause } from "../host/timer.ts";
import { type DispatchCall, isDispatchCall, readDispatchCall } from "../entry_points.ts";
import type { LendIsolate } from "../dispatch/handler_code.ts";
import { runDispatch } from "../dispatch/entry_point.ts";
import type { Program } from "../plugin/program.ts";
import { noteStage, type StageNote } from "../state/stages_at_work.ts";
import { markedForStart } from "../state/start_marks.ts";
import { readEngineLog } from "../wrapper/command_line.ts";
import { findRuntime } from "../wrapper/find_runtime.ts";
import { HOOK } from "../wrapper/launcher_contract.ts";
import { reportFailure } from "../wrapper/report.ts";
import { readCall } from "../wrapper/runtime_call.ts";
import { cut } from "./answer_plan.ts";
import type { WaitingCaller } from "./places.ts";
import type { SpokenAnswer } from "./service.ts";
import type { TurnsInTime } from "./turns_in_time.ts";

/** Milliseconds that a caller waits for its turn, before it does the work itself: slow handlers hold up nobody. */
const PATIENCE = 1000;
/** Milliseconds between two looks at whether a caller still waits. */
const NEXT_LOOK = 100;

/** What all answers are made with. */
export interface HandlerServer {
  host: Host;
  program: Program;
  /** The run folder, the only one whose containers it knows. */
  run: string;
  lend: LendIsolate;
  turns: TurnsInTime;
}

/**
 * Calls the handlers.
 *
 * @returns for a hook "says SENTENCE" as often as there is something to tell, and "ended STATUS"; for a launcher
 * "nothing - WORD...", where each WORD is the number of an argument that is ours, or "refused SENTENCE"; for both
 * "cold WHY" where nothing was begun
 */
export async function answerHandlers(server: HandlerServer, asked: WaitingCaller): Promise<SpokenAnswer> {
  const notes: StageNote[] = [];
  const said = () => {
    for (const note of notes) note[Symbol.dispose]();
  };
  using _input = asked.input;
  using turn = await server.turns.take(pause(PATIENCE));
  if (!turn) return { lines: ["cold all of its turns are taken"] };
  using gone = whenGone(asked);
  const answer = asked.about === HOOK ? answerHook : answerStart;
  return { lines: await answer(server, asked, { notes, gone: gone.signal }), said };
}

/** What lasts as long as one answer is being made. */
interface Answering {
  notes: StageNote[];
  /** Aborted when the caller is gone. */
  gone: AbortSignal;
}

async function answerHook(
  { host, program, run, lend }: HandlerServer,
  asked: WaitingCaller,
  { notes, gone }: Answering,
): Promise<string[]> {
  const call = hookCall(asked.args);
  if (!call) return ["cold it is no call of a hook"];
  if (!call.entry.startsWith(`${run}/journal/`)) return ["cold the container is in another run folder"];
  if (!asked.input) return ["cold its standard input is no pipe"];
  if (!asked.begin()) return ["cold it is gone"];
  const told: string[] = [];
  const { input } = asked;
  const theirs: Host = {
    ...servingHost(host, asked),
    readInput: (limit, timeout) => input.read(limit, timeout),
    stderr: (text) => void told.push(typeof text === "string" ? text : new TextDecoder().decode(text)),
  };
  const status = await runDispatch(theirs, asked.args, {
    builtin: program.builtin,
    module: program.module,
    lend,
    gone,
    note({ stage, entry }, state) {
      const note = noteStage(host, { run, token: tokenOf(entry), stage, pid: asked.pid }, state);
      notes.push(note);
      return note;
    },
  });
  const lines = cut(told.join("").trimEnd()).split("\n").filter((line) => line !== "");
  return [...lines.map((line) => `says ${line}`), `ended ${status}`];
}

function hookCall(args: readonly string[]): DispatchCall | undefined {
  try {
    const call = isDispatchCall(args) ? readDispatchCall(args) : undefined;
    return call?.lost ? undefined : call;
  } catch {
    return undefined;
  }
}

function tokenOf(entry: string): string {
  return entry.slice(entry.lastIndexOf("/") + 1).replace(/\.json$/, "");
}

async function answerStart(
  { host, program, run, lend }: HandlerServer,
  asked: WaitingCaller,
  { notes, gone }: Answering,
): Promise<string[]> {
  const { args, about: runtime } = asked;
  const theirs = servingHost(host, asked);
  try {
    findRuntime(theirs, [runtime], program.file);
    const call = await readCall(theirs, runtime, args);
    const marked = call?.complete === false ? markedForStart(theirs, call.starts ?? []) : [];
    if (!call || marked.length === 0) return ["cold it is no start of a container that is marked"];
    const { beforeStart } = await import("../wrapper/before_start.ts");
    await beforeStart(theirs, program, call, marked, {
      lend,
      gone,
      note(token, state) {
        const note = noteStage(host, { run, token, stage: "start", pid: asked.pid }, state);
        notes.push(note);
        if (!asked.begin()) throw failure("parent-gone", {});
        return note;
      },
    });
    return [["nothing", "-", ...call.ours].join(" ")];
  } catch (thrown) {
    const why = asFailure(thrown);
    reportFailure(theirs, readEngineLog(args, runtime), why);
    return [`refused ${cut(oneLine(why.message))}`];
  }
}

/** The outside world as the caller has it. */
function servingHost(host: Host, { cwd, waits }: WaitingCaller): Host {
  return {
    ...host,
    cwd: () => cwd,
    orphaned: () => !waits(),
    stderr: () => {},
    // What this process has open no program gets that it starts.
    withholdDescriptors: () => () => {},
    // What ends one container's handlers must not end those of others. A handler from the disk that never returns
    // ends with its isolate; for what never comes back in the core there is the timer of the service.
    killAfter: () => ({ [Symbol.dispose]() {} }),
  };
}

/** A runtime kills a hook at its limit: nobody is left then who would hear of the end. */
function whenGone({ waits }: WaitingCaller): Disposable & { signal: AbortSignal } {
  const gone = new AbortController();
  const look = () => {
    if (waits()) next = after(NEXT_LOOK, look);
    else gone.abort();
  };
  let next = after(NEXT_LOOK, look);
  return { signal: gone.signal, [Symbol.dispose]: () => next[Symbol.dispose]() };
}
