/** The service that plans has one beside it that calls handlers, as long as a plugin has any. */
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";
import { askToEnd, startApart } from "../host/service_process.ts";
import { after } from "../host/timer.ts";
import type { Index } from "../index/entries.ts";
import { policiesOf } from "../index/policies.ts";
import type { Program } from "../plugin/program.ts";
import { HANDLERS_FOLDER } from "../wrapper/launcher_contract.ts";
import { HANDLERS_COMMAND } from "./handlers_command.ts";
import { readStatus, type ServiceStatus } from "./status.ts";

/** Milliseconds between two looks at whether it runs. */
const EVERY = 1000;
/** Milliseconds after which it is started again, where the last start came to nothing. */
const AGAIN = 10_000;

/** Has the other service run; `stop` ends that, and with `end` the other one too. */
export function keepHandlersServed(
  host: Host,
  program: Program,
  index: Index,
): { stop(end: boolean): void } {
  const folder = `${runFolder(host)}/${HANDLERS_FOLDER}`;
  const needed = policiesOf(index, program.builtin).plugins.some(({ handlers }) => handlers.length > 0);
  let started: number | undefined;
  const look = () => {
    const running = statusOf(host, folder);
    if (running && running.program !== program.file) askToEnd(running.pid);
    if (running) started = undefined;
    else if (needed && (started === undefined || host.uptime() - started > AGAIN)) {
      started = host.uptime();
      startApart(program.again.path, [...program.again.args, ...HANDLERS_COMMAND], program.again.env)
        // Without it, hooks start the program.
        .catch(() => {});
    }
    next = after(EVERY, look);
  };
  let next = after(0, look);
  return {
    stop(end) {
      next[Symbol.dispose]();
      if (end) endHandlers(host);
    },
  };
}

/** Has the other service end once it has done what it has begun. */
export function endHandlers(host: Host): void {
  const running = statusOf(host, `${runFolder(host)}/${HANDLERS_FOLDER}`);
  if (running) askToEnd(running.pid);
}

function statusOf(host: Host, folder: string): ServiceStatus | undefined {
  try {
    return readStatus(host, folder);
  } catch {
    // What it says cannot be believed; if it runs, it keeps its lock.
    return undefined;
  }
}
