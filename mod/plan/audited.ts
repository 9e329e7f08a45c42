/** What an event of the audit trail says about its container, and about why that was refused. */
import type { Failure } from "../errors.ts";
import type { AuditEvent } from "../state/audit.ts";
import type { JournalEntry } from "../state/journal.ts";

/** Says which container it is, and who was asked about it. */
export function aboutContainer(
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

/** Says by which plugin and rule, and with which sentence. */
export function aboutRefusal(why: Failure): Pick<AuditEvent, "plugin" | "rule" | "why"> {
  return { ...ruleOf(why), why: why.message };
}

/** The message of the catalogue, and the plugin that it is about, where it is about one. */
export function ruleOf({ code, details }: Failure): { rule: string; plugin?: string } {
  const { plugin } = details as { plugin?: unknown };
  return { rule: code, ...(typeof plugin === "string" ? { plugin } : {}) };
}
