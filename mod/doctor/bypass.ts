/** Whether containers start without us, and which gates hold all the same. */
import { type Finding, fine, thrownFinding, warning } from "../cli/kit/finding.ts";
import { formatTime } from "../cli/kit/output.ts";
import type { Host } from "../host/host.ts";
import { type Bypass, readBypass } from "../state/bypass.ts";
import { lastIndex } from "../index/open_index.ts";
import { standingGates } from "../index/standing_gates.ts";

const SUBJECT = "bypass";

/** Looks at the switch. */
export function checkBypass(host: Host): Finding[] {
  let bypass: Bypass | undefined;
  let gates: string[];
  try {
    bypass = readBypass(host);
    const index = lastIndex(host);
    gates = index ? standingGates(index).map(({ name }) => name) : [];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
  const kept = gates.length > 0
    ? `gates that stand all the same: ${gates.join(", ")}`
    : "no gate stands then";
  if (!bypass) return [fine(SUBJECT, `off (${kept})`)];
  const end = bypass.until === undefined ? "without an end" : `until ${formatTime(bypass.until)}`;
  return [warning(
    SUBJECT,
    `on since ${formatTime(bypass.since)}, ${end}: containers start without us (${kept})`,
    "container-hooks bypass off",
  )];
}
