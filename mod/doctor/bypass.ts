/** Whether containers start without us, and which gates hold all the same. */
import { type Finding, fine, thrownFinding, warning } from "../command/finding.ts";
import { formatTime } from "../command/output.ts";
import { policyOf } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import { type Bypass, readBypass } from "../journal/bypass.ts";
import type { Index } from "../plan/index_entries.ts";
import { lastIndex } from "../plan/plugin_index.ts";

const SUBJECT = "bypass";

/** Looks at the switch. */
export function checkBypass(host: Host): Finding[] {
  let bypass: Bypass | undefined;
  let gates: string[];
  try {
    bypass = readBypass(host);
    gates = standingGates(lastIndex(host));
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

function standingGates(index: Index | undefined): string[] {
  return (index?.plugins ?? []).flatMap((plugin) => {
    const { mode, bypassable } = policyOf(index!.config, plugin.name);
    const isGate = plugin.state === "ready" && plugin.manifest.gate === true;
    return isGate && mode === "enforce" && !bypassable ? [plugin.name] : [];
  });
}
