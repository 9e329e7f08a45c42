/** The journal entry of a create: what was decided, or why it was refused. */
import { valueOf } from "../core/facts.ts";
import { nameOf } from "../core/path.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import { asFailure, type Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { type JournalEntry, type PlanStep, removeEntry, writeEntry } from "../state/journal.ts";
import type { Create } from "./create.ts";

/** Makes the entry of a create that came to `outcome`. */
export function entryOf(
  host: Host,
  { program, call, token, identity, config, records, dispatch, planned, bypass, steps }: Create,
  outcome: Pick<JournalEntry, "outcome" | "config" | "failure" | "refusedBy">,
): JournalEntry {
  return {
    format: 1,
    token,
    created: host.now(),
    program: program.version,
    ...outcome,
    planned,
    ...(bypass ? { bypass } : {}),
    steps: steps.map(roundedStep),
    container: {
      id: call.id,
      ...knownOf(identity),
      ...podOf(identity, config),
      bundle: call.bundle,
      operation: call.operation,
      runtime: nameOf(call.runtime),
    },
    asked: { runtime: call.runtime, root: call.root, log: call.log },
    plugins: records,
    ...(dispatch ? { dispatch } : {}),
  };
}

/** To the microsecond. */
function roundedStep([name, ...times]: PlanStep): PlanStep {
  return [name, ...times.map((time) => Math.round(time! * 1000) / 1000)] as unknown as PlanStep;
}

/** The annotations that containerd's CRI and CRI-O set, behind a pod's own. */
const POD = {
  containerd: ["sandbox-namespace", "sandbox-name", "container-name"].map((n) => `io.kubernetes.cri.${n}`),
  "cri-o": ["pod.namespace", "pod.name", "container.name"].map((n) => `io.kubernetes.${n}`),
} as const;

function podOf(
  identity: ContainerIdentity | undefined,
  config: Create["config"],
): Pick<JournalEntry["container"], "pod"> {
  const engine = identity && valueOf(identity.engine);
  if (engine !== "containerd" && engine !== "cri-o") return {};
  const [namespace, name, container] = POD[engine].map((key) => {
    const text: unknown = config?.spec.annotations?.[key];
    return typeof text === "string" && text !== "" ? text : undefined;
  });
  if (namespace === undefined || name === undefined) return {};
  const isSandbox = valueOf(identity!.role) === "sandbox";
  return { pod: { namespace, name, ...(container === undefined || isSandbox ? {} : { container }) } };
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
  const { plugin } = why.details as { plugin?: unknown };
  const rule = { rule: why.code, ...(typeof plugin === "string" ? { plugin } : {}) };
  return { outcome: "refused", failure: why.message, refusedBy: rule };
}

/** What an entry says of a config.json that was not written. */
export function asFound({ config, call }: Create): JournalEntry["config"] {
  const hash = config?.hash ?? "";
  return { path: call.configFile, before: hash, after: hash, temporary: "", inverse: [] };
}
