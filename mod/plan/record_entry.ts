/** The journal entry of a create: what was decided, or why it was refused. */
import { asFailure, type Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { type JournalEntry, type PlanStep, removeEntry, writeEntry } from "../state/journal.ts";
import { ruleOf } from "./audited.ts";
import type { Create } from "./create.ts";
import { containerOf, engineRootOf } from "./recorded_container.ts";

/** Makes the entry of a create that came to `outcome`. */
export function entryOf(
  host: Host,
  create: Create,
  outcome: Pick<JournalEntry, "outcome" | "config" | "failure" | "refusedBy">,
): JournalEntry {
  const { program, call, token, records, dispatch, planned, bypass, steps } = create;
  return {
    format: 1,
    token,
    created: host.now(),
    uptime: Math.round(host.uptime()),
    program: program.version,
    ...outcome,
    planned,
    ...(bypass ? { bypass } : {}),
    steps: steps.map(roundedStep),
    container: { ...containerOf(create), ...engineRootOf(host, create) },
    asked: { runtime: call.runtime, root: call.root, log: call.log },
    plugins: records,
    ...(dispatch ? { dispatch } : {}),
  };
}

/** To the microsecond. */
function roundedStep([name, ...times]: PlanStep): PlanStep {
  return [name, ...times.map((time) => Math.round(time! * 1000) / 1000)] as unknown as PlanStep;
}

/** What stops nothing must not stop a container because it cannot be recorded. */
export async function recordQuietly(host: Host, log: Log, entry: JournalEntry): Promise<void> {
  try {
    await writeEntry(host, entry);
  } catch (thrown) {
    log("warn", asFailure(thrown).message, { container: entry.container.id });
  }
}

/** Records that a create goes by us because the bypass is on. */
export async function recordBypassed(host: Host, create: Create): Promise<void> {
  await recordQuietly(
    host,
    create.log,
    entryOf(host, create, { outcome: "bypassed", config: asFound(create) }),
  );
}

/** Records, once, that the create was refused, and why. */
export async function recordRefusal(host: Host, create: Create, why: Failure): Promise<void> {
  if (create.refusal) return;
  create.refusal = why;
  // What was to be done is not done: its mark and what a later create would find of it go too.
  if (create.written) await removeEntry(host, create.written).catch(() => {});
  // That it took too long is recorded already.
  if (create.late) return;
  const entry = entryOf(host, create, { ...refusedAs(why), config: asFound(create) });
  await recordQuietly(host, create.log, entry);
}

/** What an entry says of a refusal. */
export function refusedAs(why: Failure): Pick<JournalEntry, "outcome" | "failure" | "refusedBy"> {
  return { outcome: "refused", failure: why.message, refusedBy: ruleOf(why) };
}

/** What an entry says of a config.json that was not written. */
export function asFound({ config, call }: Create): JournalEntry["config"] {
  const hash = config?.hash ?? "";
  return { path: call.configFile, before: hash, after: hash, temporary: "", inverse: [] };
}
