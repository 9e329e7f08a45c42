/**
 * The service that calls handlers, from its start to its end: a process of its own, so that the end of neither leaves
 * the work of the other half done. The service that plans starts it, and it ends when that is gone for good.
 *
 * All that it needs is in the journal, so that no change of configuration or plugins concerns it.
 */
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { lockForLife, onTerminate } from "../host/service_process.ts";
import { pause } from "../host/timer.ts";
import type { Program } from "../plugin/program.ts";
import { HANDLERS_FOLDER, SERVICE_FOLDER } from "../wrapper/launcher_contract.ts";
import { answerHandlers } from "./answer_handlers.ts";
import { Counter } from "./figures.ts";
import { HANDLERS_COMMAND } from "./handlers_command.ts";
import { IsolatePool } from "./isolate_pool.ts";
import type { WaitingCaller } from "./places.ts";
import { becomeSuccessor } from "./serve_plans.ts";
import { type SpokenAnswer, startService } from "./service.ts";
import { readStatus } from "./status.ts";
import { TurnsInTime } from "./turns_in_time.ts";
import { keepUp } from "./upkeep.ts";

/** Containers whose handlers run at once; each plugin from the disk has an isolate of some 10 MB for each of them. */
const AT_ONCE = 32;
/** Milliseconds without a service that plans, after which nobody starts this one again or counts on it. */
const ALONE = 30_000;
/** Times that a lock is tried, half a second apart: a predecessor may be finishing what it had begun. */
const TRIES = 20;

/**
 * Serves until it is asked to end.
 *
 * @throws {Failure} where another one serves already, or its folder cannot be made
 */
export async function serveHandlers(host: Host, program: Program): Promise<void> {
  const run = runFolder(host);
  const folder = `${run}/${HANDLERS_FOLDER}`;
  makePrivateFolder(host, folder);
  for (let turn = 0; !lockForLife(`${folder}/lock`); turn++) {
    if (turn >= TRIES) throw failure("service-runs", { folder });
    await pause(500);
  }
  const pool = new IsolatePool(program.module);
  const turns = new TurnsInTime(AT_ONCE);
  const counter = new Counter();
  const { promise: end, resolve } = Promise.withResolvers<"ended" | "grown" | "gone">();
  // Of a plugin of the program that did not wait for what it began: it concerns no other container.
  addEventListener("unhandledrejection", (event) => event.preventDefault());

  const answer = async (asked: WaitingCaller): Promise<SpokenAnswer> => {
    if (!host.lstat(program.file)) {
      resolve("gone");
      asked.input?.[Symbol.dispose]();
      return { lines: ["cold its program is gone"] };
    }
    const from = performance.now();
    const given = await answerHandlers({ host, program, run, lend: pool.lendTo, turns }, asked);
    counter.count(given.lines.at(-1)!, performance.now() - from);
    return given;
  };
  const service = startService(host, folder, program.file, answer, (why) => counter.sentAway(why), {
    once: true,
  });

  let seen = host.uptime();
  const upkeep = keepUp(host, program, {
    folder,
    service,
    pool,
    counter,
    tooOften: [],
    wornOut: () => resolve("grown"),
    look() {
      if (isServed(host, `${run}/${SERVICE_FOLDER}`)) seen = host.uptime();
      if (host.uptime() - seen > ALONE) resolve("ended");
    },
  });
  onTerminate(() => resolve("ended"));

  const why = await end;
  upkeep[Symbol.dispose]();
  await service.stop("the service ends");
  if (why === "grown") becomeSuccessor(host, program, HANDLERS_COMMAND);
}

function isServed(host: Host, folder: string): boolean {
  try {
    return readStatus(host, folder) !== undefined;
  } catch {
    return false;
  }
}
