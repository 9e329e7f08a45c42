/** The steps of one container's life with their times, made of its journal entry, its events and what became of it. */
import { nameOf } from "../../core/path.ts";
import type { JournalEntry, PlanStep, PluginRecord } from "../../state/journal.ts";
import type { LifeEvent } from "../../state/events.ts";
import type { Ending } from "../explain/ending.ts";
import { nameOnRecord, type OnRecord } from "../explain/on_record.ts";

/** One step. */
export interface TimelineStep {
  /** Of the create, which is planned before the runtime is called, or of what came afterwards. */
  part: "planning" | "afterwards";
  /** "index", "plugin demo", "handler at poststop": one word or two. */
  step: string;
  /** What was done or said, for people. */
  what: string;
  /** Milliseconds after the request, when it began. */
  at: number;
  /** Milliseconds; absent for a moment, and where the end is not known. */
  took?: number;
  failed?: true;
}

/** A timeline. */
export interface Timeline {
  /** Milliseconds since 1970: when the request came to the program. */
  began: number;
  steps: TimelineStep[];
}

/** What each step of planning is, for people. */
const WORDS: Record<string, string> = {
  program: "the program starts",
  index: "configuration and plugins, made anew where something has changed",
  turn: "its turn, where many containers are planned at once",
  "config.json": "config.json is read, and our own earlier edits are taken back",
  select: "which plugins apply",
  check: "programs of hooks and what the runtime supports",
  merge: "edits of all plugins, conflicts named",
  edit: "the text of config.json",
  journal: "the journal entry is written",
  rename: "config.json takes its place by one rename",
};

/** Makes the timeline. */
export function timelineOf({ entry, events }: OnRecord, ending: Ending): Timeline {
  const done = entry.steps ?? [];
  // The entry is written with the last of them.
  const began = entry.created - Math.max(0, done.at(-1)?.[1] ?? 0);
  const planned = events.find((event) => event.event === "planned");
  const all = planned?.event === "planned" ? [...done, ...planned.steps] : [...done];
  return {
    began,
    steps: [
      ...planningOf(entry, all),
      ...outcomeOf(entry, all),
      ...handlersOf(events, began),
      // What has refused it stands as the end of planning.
      ...entry.outcome === "refused" ? [] : lifeOf(ending, began),
    ].sort((a, b) => a.at - b.at),
  };
}

function planningOf(entry: JournalEntry, steps: readonly PlanStep[]): TimelineStep[] {
  const [first] = steps;
  const startOfProgram = first?.[0] === "program" ? first[1] : 0;
  let last = 0;
  const request: TimelineStep = {
    part: "planning",
    step: "request",
    what: `${entry.container.operation} of ${entry.container.runtime}${
      entry.planned?.warm ? ", to the service" : ""
    }`,
    at: 0,
  };
  const rest = steps.map(([name, done, began]): TimelineStep => {
    // It is noted as the moment, before the request, in which the process began.
    if (name === "program") {
      return { part: "planning", step: name, what: WORDS[name]!, at: startOfProgram, took: -startOfProgram };
    }
    const at = began ?? last;
    last = Math.max(last, done);
    const plugin = pluginOf(entry, name);
    return {
      part: "planning",
      step: name,
      what: plugin ? whatPlugin(plugin) : wordsOf(entry, name),
      at,
      took: Math.max(0, done - at),
      ...(plugin?.failed || plugin?.deny ? { failed: true } : {}),
    };
  });
  return entry.token === "" ? [] : [request, ...rest];
}

function pluginOf(entry: JournalEntry, step: string): PluginRecord | undefined {
  return entry.plugins.find(({ name }) => step === `plugin ${name}`);
}

function wordsOf({ container }: JournalEntry, step: string): string {
  if (step !== "identify") return WORDS[step] ?? "";
  const name = nameOnRecord(container);
  return `${container.engine === "none" ? "no engine" : container.engine}${name ? `, ${name}` : ""}${
    container.image ? `, image ${container.image}` : ""
  }`;
}

function whatPlugin({ deny, failed, edits, reasons, handlers }: PluginRecord): string {
  if (deny) return `denied: ${deny.join("; ")}`;
  if (failed) return `failed: ${reasons.at(-1) ?? ""}`;
  const parts = [`${edits.length} ${edits.length === 1 ? "edit" : "edits"}`];
  if (handlers) parts.push(`handlers at ${handlers.stages.join(", ")}`);
  return parts.join(", ");
}

/** What planning came to: a moment at its end. */
function outcomeOf(
  { outcome, failure, asked, container, created, token }: JournalEntry,
  steps: readonly PlanStep[],
) {
  const at = token === "" ? 0 : Math.max(0, steps.at(-1)?.[1] ?? 0);
  const moment = { part: "planning", at } as const;
  if (outcome === "refused") {
    return [{ ...moment, step: "refused", what: failure ?? "", failed: true } as TimelineStep];
  }
  const runtime = asked ? nameOf(asked.runtime) : container.runtime;
  const what = outcome === "bypassed" ? "the bypass was on: called as it was" : `config.json ${outcome}`;
  return Number.isFinite(created)
    ? [{ ...moment, step: "runtime", what: `${runtime}: ${what}` } as TimelineStep]
    : [];
}

function handlersOf(events: readonly LifeEvent[], began: number): TimelineStep[] {
  return events.flatMap((event, index): TimelineStep[] => {
    if (event.event === "undone") {
      const failed = event.failed.length > 0;
      const what = failed
        ? `not all taken back: ${event.failed.join("; ")}`
        : "what it had done was taken back";
      return [moment(`undo of ${event.plugin}`, what, event.at - began, failed)];
    }
    if (event.event !== "called") return [];
    const end = events.slice(index).find((other) =>
      other.event === "ended" && other.plugin === event.plugin && other.stage === event.stage
    );
    const step = `${event.stage} of ${event.plugin}`;
    if (end?.event !== "ended") {
      return [moment(step, "never ended: it runs still, or was killed", event.at - began, true)];
    }
    const said = end.said === undefined ? "" : `: ${end.said}`;
    const failed = end.result !== "done";
    return [{ ...moment(step, `${end.result}${said}`, event.at - began, failed), took: end.took }];
  });
}

function lifeOf({ state, why, by, started, ended, exitCode }: Ending, began: number): TimelineStep[] {
  const steps: TimelineStep[] = [];
  if (started !== undefined && started >= began - 1000) {
    steps.push(moment("start", `says ${by}`, Math.max(0, started - began)));
  }
  const status = exitCode === undefined ? "" : `, exit status ${exitCode}`;
  const words = `${state}${status}${why === undefined ? "" : `: ${why}`}`;
  if (ended !== undefined && ended >= began) steps.push(moment("end", `${words} (${by})`, ended - began));
  else {steps.push({
      ...moment("now", `${words} (${by})`, Infinity),
      ...(state === "did not start" ? { failed: true } : {}),
    });}
  return steps;
}

function moment(step: string, what: string, at: number, failed = false): TimelineStep {
  return { part: "afterwards", step, what, at, ...(failed ? { failed: true } : {}) };
}
