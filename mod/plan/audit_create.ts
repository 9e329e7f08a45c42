/** What the audit trail says of a create and of a handler that refuses it. */
import type { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { lastIndex } from "../index/open_index.ts";
import { audit, type AuditEvent } from "../state/audit.ts";
import type { JournalEntry } from "../state/journal.ts";
import type { Create } from "./create.ts";
import { refusedAs } from "./record_entry.ts";
import { containerOf } from "./recorded_container.ts";

/** Writes down how a create ended. */
export async function auditCreate(
  host: Host,
  create: Create,
  event: AuditEvent["event"],
  why?: Failure,
): Promise<void> {
  const file = create.auditLog ?? lastKnown(host);
  if (file === "") return;
  await audit(host, file, {
    ...about(event, containerOf(create), create.records),
    ...(why ? refusal(refusedAs(why)) : {}),
  });
}

/** Writes down that a handler has refused a container that was planned. */
export async function auditHandler(
  host: Host,
  { dispatch, container, plugins }: JournalEntry,
  stage: string,
  why: Failure,
): Promise<void> {
  if (!dispatch?.auditLog) return;
  await audit(host, dispatch.auditLog, {
    ...about("refused", container, plugins),
    ...refusal(refusedAs(why)),
    stage,
  });
}

function about(
  event: AuditEvent["event"],
  { id, names, pod, engine, image, operation }: JournalEntry["container"],
  records: JournalEntry["plugins"],
): AuditEvent {
  const ofPod = pod &&
    [pod.namespace, pod.name, pod.container].filter((word) => word !== undefined).join("/");
  return {
    event,
    container: id,
    name: ofPod ?? names[0],
    engine,
    image,
    pod,
    operation,
    plugins: records.filter(({ selected }) => selected).map(({ name }) => name),
    ...(event === "allowed" ? { edits: records.reduce((count, { edits }) => count + edits.length, 0) } : {}),
  };
}

function refusal({ failure, refusedBy }: ReturnType<typeof refusedAs>): Partial<AuditEvent> {
  return { ...refusedBy, why: failure };
}

/** Where the configuration is broken, the last one that was not says where the trail is. */
function lastKnown(host: Host): string {
  try {
    return lastIndex(host)?.config.auditLog ?? "";
  } catch {
    return "";
  }
}
