/**
 * What happened to a container after its journal entry was written: one JSON line for each event, in a file beside the
 * entry, which is never written anew.
 *
 *     RUN/journal/TOKEN.events
 *
 * Lines are appended whole by one write each, so a kill leaves at most a last line that is cut short, and that one is
 * left out. Nothing here stops or delays a container: what cannot be written down is passed over.
 */
import { readTrusted } from "../host/files.ts";
import type { Host, OpenFile } from "../host/host.ts";
import type { HandlerStage } from "../core/oci.ts";
import type { PlanStep } from "./journal.ts";

/** One event. `at` is milliseconds since 1970, `took` milliseconds. */
export type LifeEvent =
  & { at: number }
  & (
    /** The plan is in place; what follows is the runtime's. `steps` are those that the entry could not have. */
    | { event: "planned"; steps: PlanStep[] }
    /** A handler is called; without a line that says its end, it was killed. */
    | { event: "called"; stage: HandlerStage; plugin: string }
    | {
      event: "ended";
      stage: HandlerStage;
      plugin: string;
      /** "forgiven": failed, and `on-error = "warn"` let the container go on. */
      result: "done" | "failed" | "forgiven";
      took: number;
      /** Why it failed, else the last that it logged. */
      said?: string;
    }
    /** What a handler had done was taken back, since it or a later one failed. */
    | { event: "undone"; stage: HandlerStage; plugin: string; failed: string[] }
  );

/** An event as its writer knows it. */
export type NewEvent = LifeEvent extends infer E ? E extends LifeEvent ? Omit<E, "at"> : never : never;

/** Writes events down; closing it twice does nothing. */
export interface EventWriter extends Disposable {
  write(event: NewEvent): void;
}

/** Bytes of one container's events: nothing more is written down then. */
const LIMIT = 128 * 1024;
/** Characters of what a handler said. */
const SAID_LIMIT = 2000;
const WHAT = "events of a container";

/** Gets the path of the events of the entry `token`. @param run The run folder that its journal is in. */
export function eventsPath(run: string, token: string): string {
  return `${run}/journal/${token}.events`;
}

/** Opens the events of the entry `token` for writing; never throws, nor does what it returns. */
export function openEvents(host: Host, run: string, token: string): EventWriter {
  let file = quietly(() => host.append(eventsPath(run, token), 0o600));
  let left = LIMIT - (quietly(() => file?.status().size) ?? LIMIT);
  return {
    write(event) {
      const bytes = new TextEncoder().encode(`${JSON.stringify({ at: host.now(), ...event })}\n`);
      left -= bytes.length;
      if (left > 0) quietly(() => file?.write(bytes));
    },
    [Symbol.dispose]() {
      quietly(() => file?.[Symbol.dispose]());
      file = undefined as OpenFile | undefined;
    },
  };
}

/** Cuts what a handler said to what is kept of it. */
export function keptWords(said: string): string {
  return said.length > SAID_LIMIT ? `${said.slice(0, SAID_LIMIT)}…` : said;
}

/** Reads the events of the entry `token`, the first first; none where they cannot be read. */
export function readEvents(host: Host, run: string, token: string): LifeEvent[] {
  const path = eventsPath(run, token);
  const bytes = quietly(() => readTrusted(host, path, WHAT, 2 * LIMIT).bytes);
  return new TextDecoder().decode(bytes).split("\n").flatMap((line) => {
    const event = quietly(() => JSON.parse(line) as LifeEvent);
    return typeof event?.event === "string" && typeof event.at === "number" ? [event] : [];
  });
}

function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
