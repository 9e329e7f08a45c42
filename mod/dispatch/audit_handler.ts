/** What the audit trail says of a handler that refuses a container which was planned. */
import type { Failure } from "../errors.ts";
import type { HandlerStage } from "../core/oci.ts";
import type { Host } from "../host/host.ts";
import { aboutContainer, aboutRefusal } from "../plan/audited.ts";
import { audit } from "../state/audit.ts";
import type { JournalEntry } from "../state/journal.ts";

/** Writes it down, where the configuration asked for a trail when the container was planned. */
export async function auditHandler(
  host: Host,
  { dispatch, container, plugins }: JournalEntry,
  stage: HandlerStage,
  why: Failure,
): Promise<void> {
  if (!dispatch?.auditLog) return;
  const event = aboutContainer("refused", container, plugins);
  await audit(host, dispatch.auditLog, { ...event, ...aboutRefusal(why), stage });
}
