/** The handlers of one stage, in the plugins' order. */
import { asFailure, type Failure } from "../errors.ts";
import { secondsFor } from "../plan/dispatcher_hooks.ts";
import type { JournalEntry } from "../state/journal.ts";
import { auditHandler } from "./audit_handler.ts";
import { HandlerRun, type StageRun } from "./handler_run.ts";
import { StageRecord } from "./stage_record.ts";

/**
 * Calls them.
 *
 * A plugin whose handler fails has its own work taken back at once. At createRuntime and poststart the container
 * ends with that, so the others' work is taken back too, the last first; crun runs no poststop after it. With
 * `on-error = "warn"` the others go on. At poststop, too, every plugin has its turn, whatever became of the
 * others: what each has to put away is its own.
 *
 * @param isCalled Which of the plugins with a handler at the stage are called. Default: all.
 * @returns what failed; where it is nothing, all is done
 */
export async function dispatch(
  around: StageRun,
  entry: JournalEntry,
  isCalled: (plugin: string) => boolean = () => true,
): Promise<Failure[]> {
  const { stage } = around;
  using record = new StageRecord(around, entry.token);
  const heard = { ...around, log: record.log };
  const runs = entry.plugins.flatMap((plugin) =>
    plugin.handlers?.stages.includes(stage) && isCalled(plugin.name)
      ? [new HandlerRun(heard, plugin, plugin.handlers)]
      : []
  );
  // Until this process is gone or has become another: of the disk no code runs in it, but what it waits for may hang.
  around.host.killAfter(secondsFor(runs.map(({ handlers }) => handlers)) * 1000);
  try {
    const failures = await callAll(around, runs, record);
    const [first] = failures;
    // What fails later stops nothing any more.
    if (first && (stage === "createRuntime" || stage === "start")) {
      await auditHandler(around.host, entry, stage, first);
    }
    return failures;
  } finally {
    for (const run of runs) run[Symbol.dispose]();
  }
}

async function callAll(
  { log, stage, note, gone }: StageRun,
  runs: readonly HandlerRun[],
  record: StageRecord,
): Promise<Failure[]> {
  const takeBack = async (run: HandlerRun) => {
    const { registered, failures } = await run.takeBack();
    for (const { message } of failures) log("error", message, { plugin: run.plugin });
    if (registered > 0) record.undone(run.plugin, failures);
  };
  const failures: Failure[] = [];
  const done: HandlerRun[] = [];
  for (const run of runs) {
    try {
      note?.begins(run.plugin);
      await record.call(run);
      done.push(run);
    } catch (thrown) {
      const why = asFailure(thrown);
      await takeBack(run);
      if (run.onError === "warn") {
        log("warn", why.message, { plugin: run.plugin });
        continue;
      }
      failures.push(why);
      if (stage === "poststop") continue;
      break;
    }
  }
  // Whoever is not told of a success takes it for a failure.
  if (stage !== "poststop" && (failures.length > 0 || gone?.aborted)) {
    for (const earlier of done.reverse()) await takeBack(earlier);
  }
  return failures;
}
