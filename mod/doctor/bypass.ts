/** Whether containers start without us, and which gates hold all the same. */
import { type Finding, fine, thrownFinding, warning } from "../cli/kit/finding.ts";
import { formatTime } from "../cli/kit/output.ts";
import type { Host } from "../host/host.ts";
import { type Bypass, readBypass } from "../state/bypass.ts";
import { namedGates } from "../index/open_standing.ts";

const SUBJECT = "bypass";

/** Looks at the switch. */
export async function checkBypass(host: Host): Promise<Finding[]> {
  let bypass: Bypass | undefined;
  try {
    bypass = readBypass(host);
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
  const gates = (await namedGates(host)).map(({ name }) => name);
  const kept = gates.length > 0
    ? `gates that stand all the same: ${gates.join(", ")}`
    : "no gate stands then";
  if (!bypass) return [fine(SUBJECT, `off (${kept})`)];
  return [warning(
    SUBJECT,
    `on${sinceWhen(bypass)}, ${untilWhen(bypass)}: containers start without us (${kept})`,
    "container-hooks bypass off",
  )];
}

/** Tells since when the bypass is on; empty where that is not known. */
export function sinceWhen({ since }: Pick<Bypass, "since">): string {
  return since === undefined ? "" : ` since ${formatTime(since)}`;
}

/** Tells what ends the bypass. */
export function untilWhen({ until, endsWithBoot, path }: Bypass): string {
  if (until !== undefined) return `until ${formatTime(until)}`;
  return endsWithBoot || path.startsWith("/run/")
    ? "until `container-hooks bypass off` or a restart of the host"
    : "until `container-hooks bypass off`";
}
