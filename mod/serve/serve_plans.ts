/**
 * The service that plans for launchers, from its start to its end.
 *
 * It never goes on with what is old: what a request shows to have changed (configuration, a plugin, a program) is
 * answered "cold", and the process becomes its own successor as soon as nothing is in work.
 */
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { lockForLife, onTerminate } from "../host/service_process.ts";
import type { Index } from "../index/entries.ts";
import { isCurrent } from "../index/open_index.ts";
import { LeftToAnother } from "../plan/create.ts";
import type { Program } from "../plugin/program.ts";
import { SERVICE_FOLDER } from "../wrapper/launcher_contract.ts";
import { answerPlan, type Planner } from "./answer_plan.ts";
import { Counter } from "./figures.ts";
import { keepHandlersServed } from "./start_handlers.ts";
import { IsolatePool } from "./isolate_pool.ts";
import { LastAsked } from "./last_asked.ts";
import type { WaitingCaller } from "./places.ts";
import { startService } from "./service.ts";
import { settledIndex } from "./settled_index.ts";
import { reasonToStayCold, stayCold } from "./stay_cold.ts";
import { Turns } from "./turns.ts";
import { keepUp } from "./upkeep.ts";

const STALE = "something has changed";

/**
 * Serves until it is asked to end.
 *
 * @param inForce Gets the program that is in force instead of this one, once another version is installed.
 * @throws {Failure} where another one serves already, or its folder cannot be made
 */
export async function servePlans(
  host: Host,
  program: Program,
  inForce: () => string | undefined = () => undefined,
): Promise<void> {
  const folder = `${runFolder(host)}/${SERVICE_FOLDER}`;
  makePrivateFolder(host, folder);
  if (!lockForLife(`${folder}/lock`)) throw failure("service-runs", { folder });
  const { promise: ended, resolve: endIt } = Promise.withResolvers<"ended">();
  onTerminate(() => endIt("ended"));
  const isSucceeded = () => inForce() !== undefined;
  const starting = await settledIndex(host, program);
  const { index } = starting;
  const why = reasonToStayCold(starting);
  const end = why === undefined
    ? await serveFrom(host, program, { folder, index: index!, isSucceeded, ended })
    : await stayCold(host, program, { folder, starting, why, isSucceeded, ended });
  if (end === "ended") return;
  const other = inForce();
  if (other !== undefined) becomeOther(host, program, other);
  becomeSuccessor(host, program);
}

/** What a service goes by. */
interface Serving {
  folder: string;
  index: Index;
  /** Whether another version of the program is to go on. */
  isSucceeded: () => boolean;
  ended: Promise<"ended">;
}

/** Serves until it is asked to end, or what it goes by is old. */
async function serveFrom(
  host: Host,
  program: Program,
  { folder, index, isSucceeded, ended }: Serving,
): Promise<"ended" | "stale"> {
  const lastAsked = new LastAsked(host, folder, index);
  const tooOften = lastAsked.tooOften();
  const pool = new IsolatePool(program.module);
  const turns = new Turns(host);
  const counter = new Counter();
  const planner: Planner = {
    host,
    program,
    index,
    isolates(plugins) {
      const fatal = plugins.find(({ manifest: { name } }) => tooOften.includes(name));
      if (fatal) throw new LeftToAnother(`the service ended twice while it asked ${fatal.manifest.name}`);
      return pool.lend();
    },
    takeTurn: (count) => turns.take(count),
    asking: (plugin) => lastAsked.asking(plugin),
  };
  const { promise: stale, resolve } = Promise.withResolvers<"stale">();

  const answerOf = async (asked: WaitingCaller): Promise<string> => {
    if (!isUsable(host, program, index)) {
      resolve("stale");
      return `cold ${STALE}`;
    }
    return await answerPlan(planner, asked);
  };
  const answer = async (asked: WaitingCaller): Promise<string> => {
    const from = performance.now();
    const words = await answerOf(asked);
    counter.count(words, performance.now() - from);
    return words;
  };
  const service = startService(host, folder, program.file, answer, (why) => counter.sentAway(why));

  const upkeep = keepUp(host, program, {
    folder,
    service,
    pool,
    counter,
    tooOften,
    wornOut: () => resolve("stale"),
    look: () => isSucceeded() && resolve("stale"),
  });
  const handlers = keepHandlersServed(host, program, index);

  const why = await Promise.race([ended, stale]);
  upkeep[Symbol.dispose]();
  handlers.stop(why === "ended");
  await service.stop(why === "stale" ? STALE : "the service ends");
  return why;
}

function isUsable(host: Host, program: Program, index: Index): boolean {
  try {
    return host.lstat(program.file) !== undefined && isCurrent(host, index);
  } catch {
    return false;
  }
}

/** Becomes the program that is in force instead of this one, in the same process. */
function becomeOther(host: Host, { again }: Program, file: string): never {
  for (const name of Object.keys(again.env)) host.setEnv(name, undefined);
  host.execute(file, [file, "serve"]);
}

/** The same process number, whoever counts on it, and nothing else of the old one. @param words The command. */
export function becomeSuccessor(host: Host, { again }: Program, words: readonly string[] = ["serve"]): never {
  for (const [name, value] of Object.entries(again.env)) host.setEnv(name, value);
  host.execute(again.path, [again.path, ...again.args, ...words]);
}
