/**
 * How a container ended, or that it runs. This program has become the runtime, so it learns it afterwards: of its own
 * record, of the engine's, of the runtime itself, and of the runtime's log where that still is.
 */
import { asFailure, oneLine } from "../../errors.ts";
import { readFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { engineEnding } from "../../engines/ending.ts";
import { SYSTEM_PATH } from "../../core/oci.ts";
import { nameOf } from "../../core/path.ts";
import type { JournalEntry } from "../../state/journal.ts";
import { type OnRecord, stoppedBy } from "./on_record.ts";

/** What became of a container. Times are milliseconds since 1970. */
export interface Ending {
  state: "did not start" | "created" | "running" | "paused" | "stopped" | "not known";
  /** Why it did not start, what it ended with, or why that is not known. */
  why?: string;
  /** Who says so. */
  by: string;
  pid?: number;
  started?: number;
  ended?: number;
  exitCode?: number;
}

/** Milliseconds; a runtime answers in ten. */
const TIMEOUT = 5000;
/** Bytes of a runtime's log, of which it writes a line or two for each failure. */
const LOG_LIMIT = 1024 * 1024;
const OURS = "container-hooks";

/**
 * Finds out how a container ended.
 *
 * @param isNewest False where a later create of the same container is on record: engine and runtime know that one.
 */
export async function endingOf(host: Host, record: OnRecord, isNewest: boolean): Promise<Ending> {
  const { entry, events } = record;
  if (entry.outcome === "refused") return { state: "did not start", why: entry.failure, by: OURS };
  const failed = stoppedBy(events);
  if (failed && failed.stage !== "poststart") {
    return { state: "did not start", why: failed.said ?? `plugin ${failed.plugin} failed`, by: OURS };
  }
  const asked = isNewest ? await askOthers(host, entry) : undefined;
  return asked ?? afterPoststop(record) ?? {
    state: "not known",
    why: isNewest
      ? `${entry.container.runtime} has no such container any more, and ${keeperOf(entry)} a record of it`
      : "a later create of the same container is on record, and engine and runtime know that one",
    by: OURS,
  };
}

async function askOthers(host: Host, entry: JournalEntry): Promise<Ending | undefined> {
  const { engine } = entry.container;
  const known = await engineEnding(host, entry.container).catch(() => undefined);
  if (known && known.state !== "created") {
    const { state, error, ...rest } = known;
    return {
      state: state === "failed" ? "did not start" : state,
      ...(error === undefined ? {} : { why: error }),
      by: engine,
      ...rest,
    };
  }
  return await askRuntime(host, entry) ?? lastError(host, entry) ??
    (known ? { state: "created", by: engine } : undefined);
}

/** Asks the runtime that was called, with the same root. */
async function askRuntime(
  host: Host,
  { asked, container: { id } }: JournalEntry,
): Promise<Ending | undefined> {
  if (asked === undefined || !host.lstat(asked.runtime)) return undefined;
  const root = asked.root === undefined ? [] : ["--root", asked.root];
  try {
    const { status, stdout } = await host.run({
      path: asked.runtime,
      args: [...root, "state", id],
      env: { PATH: SYSTEM_PATH },
      timeout: TIMEOUT,
    });
    if (status !== 0) return undefined;
    const { status: state, pid } = JSON.parse(new TextDecoder().decode(stdout));
    if (!["created", "running", "paused", "stopped"].includes(state)) return undefined;
    return { state, ...(Number(pid) > 0 ? { pid: Number(pid) } : {}), by: nameOf(asked.runtime) };
  } catch {
    return undefined;
  }
}

/** The last error in the runtime's log: it lies in the engine's folder for the container, and mostly goes with it. */
function lastError(host: Host, { asked, created }: JournalEntry): Ending | undefined {
  if (asked?.log === undefined) return undefined;
  try {
    const { bytes } = readFile(host, asked.log, "the runtime's log", LOG_LIMIT);
    const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
    const errors = lines.flatMap((line) => {
      const message = errorIn(line);
      return message !== undefined && (message.at ?? Infinity) >= created - 1000 ? [message.text] : [];
    });
    const why = errors.at(-1);
    if (why === undefined) return undefined;
    return { state: "did not start", why, by: `${nameOf(asked.runtime)}'s log` };
  } catch (thrown) {
    asFailure(thrown);
    return undefined;
  }
}

/** Reads a line of logrus' JSON or text, as runc and crun write them. */
function errorIn(line: string): { text: string; at?: number } | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line);
  } catch {
    const [, level] = /\blevel=(\w+)/.exec(line) ?? [];
    const [, time] = /\btime="([^"]*)"/.exec(line) ?? [];
    const [, text] = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
    fields = { level, time, msg: text?.replaceAll(/\\(.)/g, "$1") };
  }
  const { level, msg, time } = fields ?? {};
  if ((level !== "error" && level !== "fatal") || typeof msg !== "string") return undefined;
  const at = Date.parse(String(time));
  return { text: oneLine(msg), ...(Number.isNaN(at) ? {} : { at }) };
}

/** Handlers at poststop are called when a container is removed from the runtime. */
function afterPoststop({ events }: OnRecord): Ending | undefined {
  const call = events.find((event) => "stage" in event && event.stage === "poststop");
  if (!call) return undefined;
  return {
    state: "stopped",
    why: "the runtime removed it; what it ended with is not known any more",
    by: OURS,
    ended: call.at,
  };
}

function keeperOf({ container: { engine } }: JournalEntry): string {
  return engine === "none" || engine === "unknown" ? "no engine has" : `${engine} does not keep`;
}
