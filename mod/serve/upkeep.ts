/** What a service does each second beside its work, whichever of the two it is. */
import type { Host } from "../host/host.ts";
import { memoryInUse } from "../host/memory_in_use.ts";
import { after } from "../host/timer.ts";
import type { Program } from "../plugin/program.ts";
import type { Counter } from "./figures.ts";
import type { IsolatePool } from "./isolate_pool.ts";
import type { Service } from "./service.ts";
import { processStatus, writeStatus } from "./status.ts";
import { isWornOut } from "./worn_out.ts";

/** Milliseconds between two states that are written down, and two looks at what is not needed any more. */
const EVERY = 1000;

/** What is kept up. */
export interface Upkeep {
  folder: string;
  service: Service;
  pool: IsolatePool;
  counter: Counter;
  /** Plugins that have ended the service too often. */
  tooOften: string[];
  /** Is called once it has gathered too much. */
  wornOut(): void;
  /** Is called each time. */
  look(): void;
}

/** Gives up isolates that nobody uses and writes the state down, at once and each second, until it is disposed of. */
export function keepUp(host: Host, program: Program, upkeep: Upkeep): Disposable {
  const { folder, service, pool, counter, tooOften } = upkeep;
  const own = processStatus(host, program);
  const turn = () => {
    pool.sweep();
    const { resident: memory, isolate: heap } = memoryInUse();
    const placesTaken = service.states().filter(({ pid, closed }) => pid !== undefined || closed).length;
    if (isWornOut({ memory, heap, asked: counter.answered }, placesTaken)) upkeep.wornOut();
    upkeep.look();
    writeStatus(host, folder, {
      ...own,
      memory,
      placesTaken,
      isolates: pool.size,
      tooOften,
      ...counter.figures(),
    });
    next = after(EVERY, turn);
  };
  let next = after(0, turn);
  return { [Symbol.dispose]: () => next[Symbol.dispose]() };
}
