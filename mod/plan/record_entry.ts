/** The journal entry of a create: what was decided, or why it was refused. */
import { valueOf } from "../core/facts.ts";
import { nameOf } from "../core/path.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import { asFailure, type Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { type JournalEntry, removeEntry, writeEntry } from "../state/journal.ts";
import type { Create } from "./create.ts";

/** Makes the entry of a create that came to `outcome`. */
export function entryOf(
  host: Host,
  { program, call, token, identity, records, dispatch, planned }: Create,
  outcome: Pick<JournalEntry, "outcome" | "config"> & { failure?: string },
): JournalEntry {
  return {
    format: 1,
    token,
    created: host.now(),
    program: program.version,
    ...outcome,
    planned,
    container: {
      id: call.id,
      ...knownOf(identity),
      bundle: call.bundle,
      operation: call.operation,
      runtime: nameOf(call.runtime),
    },
    plugins: records,
    ...(dispatch ? { dispatch } : {}),
  };
}

function knownOf(
  identity: ContainerIdentity | undefined,
): Pick<JournalEntry["container"], "names" | "engine" | "image" | "unknown"> {
  if (identity === undefined) return { names: [], engine: "unknown" };
  const { engine, names, image, labels } = identity;
  const facts = { engine, names, image: image.name, labels };
  const unknown = Object.entries(facts).flatMap(([name, fact]) =>
    fact.state === "unknown" ? [`${name}: ${fact.why}`] : []
  );
  return {
    names: valueOf(names) ?? [],
    engine: valueOf(engine) ?? "unknown",
    image: valueOf(image.name),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** What stops nothing must not stop a container because it cannot be recorded. */
export async function recordQuietly(host: Host, log: Log, entry: JournalEntry): Promise<void> {
  try {
    await writeEntry(host, entry);
  } catch (thrown) {
    log("warn", asFailure(thrown).message, { container: entry.container.id });
  }
}

/** Records, once, that the create was refused, and why. */
export async function recordRefusal(host: Host, create: Create, why: Failure): Promise<void> {
  if (create.refusal) return;
  create.refusal = why;
  // What was to be done is not done: its mark and what a later create would find of it go too.
  if (create.written) await removeEntry(host, create.written).catch(() => {});
  // That it took too long is recorded already.
  if (create.late) return;
  const hash = create.config?.hash ?? "";
  const entry = entryOf(host, create, {
    outcome: "refused",
    failure: why.message,
    config: { path: create.call.configFile, before: hash, after: hash, temporary: "", inverse: [] },
  });
  await recordQuietly(host, create.log, entry);
}
