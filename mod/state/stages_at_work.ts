/**
 * Stages whose handlers the service is calling: a file for each, so that what it leaves behind when it is killed is
 * known and can be taken back, and nothing is done twice.
 *
 *     RUN/at-work/TOKEN.STAGE.PID     PID is the process that waits for the stage's end
 *
 * Its first line is the stage as JSON in which bigints are tagged. A line "plugin NAME" follows before each handler
 * is called, and "ended STATUS" before the caller is told how it all ended.
 */
import type { HandlerStage, State } from "../core/oci.ts";
import { failure } from "../errors.ts";
import { discard, readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";
import { processIdentity } from "../host/process_identity.ts";
import { systemReason } from "../host/system_reason.ts";
import { readTaggedJson } from "../text/json/read_tagged.ts";
import { writeTaggedJson } from "../text/json/write_tagged.ts";

/** The folder of all of them, in the run folder. */
export const AT_WORK = "at-work";

/** Bytes; a state holds the annotations of a container. */
const LIMIT = 64 * 1024 * 1024;

/** Which stage of which container it is, and who waits for it. */
export interface StageKey {
  /** The run folder. */
  run: string;
  /** Of the journal entry. */
  token: string;
  stage: HandlerStage;
  /** Process that waits for the end. */
  pid: number;
}

/** A stage as it was left behind. */
export interface StageAtWork {
  state: State;
  /** Identity of the process that called the handlers. */
  server: string | undefined;
  /** Plugins whose handlers were called, in that order. */
  plugins: string[];
  /** Exit status for the runtime, where all was done and only the caller has not heard of it. */
  ended?: number;
}

/** The file of a stage that is being worked on. Dispose of it once its caller has heard of the end. */
export interface StageNote extends Disposable {
  /** The handler of this plugin is about to be called. */
  begins(plugin: string): void;
  /** All is done, and the caller is about to be told. */
  ended(status: number): void;
}

function pathOf({ run, token, stage, pid }: StageKey): string {
  return `${run}/${AT_WORK}/${token}.${stage}.${pid}`;
}

/** Notes that the handlers of a stage are about to be called. @throws {Failure} file-unwritable */
export function noteStage(host: Host, key: StageKey, state: State): StageNote {
  const path = pathOf(key);
  makePrivateFolder(host, `${key.run}/${AT_WORK}`);
  // Of an earlier process with this number, long gone.
  discard(host, path);
  try {
    const file = host.createNew(path, 0o600);
    const write = (line: string) => file.write(new TextEncoder().encode(`${line}\n`));
    write(writeTaggedJson({ state, server: processIdentity(host, host.pid()) }));
    return {
      begins: (plugin) => write(`plugin ${plugin}`),
      ended: (status) => write(`ended ${status}`),
      [Symbol.dispose]() {
        file[Symbol.dispose]();
        discard(host, path);
      },
    };
  } catch (error) {
    discard(host, path);
    throw failure("file-unwritable", { what: "note of a stage", path, why: systemReason(error) }, {
      cause: error,
    });
  }
}

/** Takes away what is on record of a stage, so that nobody else takes it back; undefined where nothing is. */
export function takeStage(host: Host, key: StageKey): StageAtWork | undefined {
  const path = pathOf(key);
  const taken = `${path}.${host.randomToken()}`;
  try {
    host.rename(path, taken);
  } catch {
    return undefined;
  }
  try {
    return readStage(host, taken);
  } finally {
    discard(host, taken);
  }
}

/** Processes that wait, or waited, for the end of this stage. */
export function waitingFor(host: Host, { run, token, stage }: Omit<StageKey, "pid">): number[] {
  const folder = `${run}/${AT_WORK}`;
  if (!host.lstat(folder)) return [];
  const start = `${token}.${stage}.`;
  return host.readFolder(folder).flatMap(({ name }) => {
    const pid = name.startsWith(start) ? name.slice(start.length) : "";
    return /^\d+$/.test(pid) ? [Number(pid)] : [];
  });
}

/** Whether the process that calls the handlers of this stage still runs. */
export function isAtWork(host: Host, key: StageKey): boolean {
  const server = readStage(host, pathOf(key))?.server;
  return server !== undefined && processIdentity(host, Number(server.split(".")[0])) === server;
}

/** Takes away all that is on record of a container, whose journal entry is being removed. */
export function forgetStages(host: Host, run: string, token: string): void {
  const folder = `${run}/${AT_WORK}`;
  if (!host.lstat(folder)) return;
  for (const { name } of host.readFolder(folder)) {
    if (name.startsWith(`${token}.`)) discard(host, `${folder}/${name}`);
  }
}

/** undefined where a kill has cut off its first line: then no handler was called. */
function readStage(host: Host, path: string): StageAtWork | undefined {
  if (!host.lstat(path)) return undefined;
  const { bytes } = readTrusted(host, path, "note of a stage", LIMIT);
  const [first, ...lines] = new TextDecoder().decode(bytes).split("\n");
  if (lines.length === 0) return undefined;
  const { state, server } = readTaggedJson(first!, "note of a stage") as unknown as StageAtWork;
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [ended] = of("ended");
  return { state, server, plugins: of("plugin"), ...(ended === undefined ? {} : { ended: Number(ended) }) };
}
