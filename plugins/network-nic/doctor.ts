/** What `container-hooks doctor` looks at where containers are to get network devices. */
import type { PluginHost } from "container-hooks/plugin";
import type { Host } from "../../mod/host/host.ts";
import { type Config, readConfig } from "../../mod/config/config.ts";
import { type Check, type Finding, fine, thrownFinding, warning, wrong } from "../../mod/cli/kit/finding.ts";
import { attachments, livingHolders } from "./attachment.ts";
import { damagedFiles, toolsOf } from "./commands/tools.ts";
import { POWER, whyPowerless } from "./network.ts";
import { checkIp } from "./programs.ts";

const SUBJECT = "network-nic";

/**
 * Checks iproute2 and devices. Finds nothing where config.toml does not ask for the plugin; a wrong configuration is
 * another check's.
 */
export const doctor: Check = async (host) => {
  const config = await readConfig(host).catch(() => undefined);
  if (!config || !isAsked(config)) return [];
  const { host: outside } = toolsOf(host);
  return [await program(outside), rights(whyPowerless(outside)), ...record(host, outside)];
};

function isAsked({ plugins }: Config): boolean {
  return Object.hasOwn(plugins, SUBJECT) && plugins[SUBJECT]!.mode !== "off";
}

async function program(host: PluginHost): Promise<Finding> {
  try {
    return fine(SUBJECT, `ip runs (${await checkIp(host)})`);
  } catch (thrown) {
    return thrownFinding(SUBJECT, thrown);
  }
}

function rights(why: string | undefined): Finding {
  return why === undefined ? fine(SUBJECT, "network devices may be given away") : wrong(SUBJECT, why, POWER);
}

/** What is on record of devices that containers have. */
function record(host: Host, outside: PluginHost): Finding[] {
  try {
    const damaged = damagedFiles(host).map(({ what, remedy }) => warning(SUBJECT, what, remedy));
    return [...damaged, ...leftBehind(outside)];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
}

function leftBehind(host: PluginHost): Finding[] {
  const left = attachments(host).filter((each) => livingHolders(host, each).length === 0);
  if (left.length === 0) return [];
  const ids = left.map(({ holders }) => holders[0]?.id ?? "unknown").join(", ");
  return [warning(
    SUBJECT,
    `containers that are gone have left network devices behind: ${ids}`,
    "container-hooks nic gc",
  )];
}
