/** What `container-hooks doctor` looks at where containers are to get network devices. */
import { type Config, readConfig } from "../../mod/config/config.ts";
import type { Check, Finding } from "../../mod/command/finding.ts";
import { attachments, livingHolders } from "./attachment.ts";
import { toolsOf } from "./commands/tools.ts";
import { Ip } from "./ip.ts";
import { whyPowerless } from "./network.ts";

const SUBJECT = "network-nic";

/** Nothing where config.toml does not ask for the plugin; a configuration that is wrong is another check's. */
export const doctor: Check = async (host) => {
  const config = await readConfig(host).catch(() => undefined);
  if (!config || !isAsked(config)) return [];
  const { host: outside } = toolsOf(host);
  return [program(() => new Ip(outside)), rights(whyPowerless(outside)), ...leftBehind(outside)];
};

function isAsked({ plugins }: Config): boolean {
  return Object.hasOwn(plugins, SUBJECT) && plugins[SUBJECT]!.mode !== "off";
}

function program(find: () => unknown): Finding {
  try {
    find();
    return { subject: SUBJECT, state: "ok", what: "ip of iproute2 is there" };
  } catch (thrown) {
    return { subject: SUBJECT, state: "error", what: (thrown as Error).message, remedy: "install iproute2" };
  }
}

function rights(why: string | undefined): Finding {
  if (why === undefined) return { subject: SUBJECT, state: "ok", what: "network devices may be given away" };
  return { subject: SUBJECT, state: "error", what: why, remedy: "run the engine as root of the host" };
}

function leftBehind(
  host: Parameters<typeof attachments>[0] & Parameters<typeof livingHolders>[0],
): Finding[] {
  const left = attachments(host).filter((each) => livingHolders(host, each).length === 0);
  if (left.length === 0) return [];
  const ids = left.map(({ holders }) => holders[0]?.id ?? "unknown").join(", ");
  return [{
    subject: SUBJECT,
    state: "warning",
    what: `containers that are gone have left network devices behind: ${ids}`,
    remedy: "container-hooks nic gc",
  }];
}
