/** What the audit trail says of a create. */
import type { Failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { lastIndex } from "../index/open_index.ts";
import { audit, type AuditEvent } from "../state/audit.ts";
import { aboutContainer, aboutRefusal } from "./audited.ts";
import type { Create } from "./create.ts";
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
    ...aboutContainer(event, containerOf(create), create.records),
    ...(why ? aboutRefusal(why) : {}),
  });
}

/** Where the configuration is broken, the last one that was not says where the trail is. */
function lastKnown(host: Host): string {
  try {
    return lastIndex(host)?.config.auditLog ?? "";
  } catch {
    return "";
  }
}
