/**
 * Network devices for containers before their first instruction runs: a device of the host moved, a pair on a bridge,
 * a macvlan; asked for in config.toml, or by annotations within the administrator's policy.
 *
 * Read it from `plan` down; what happens later is attach.ts, and how it is taken back is detach.ts.
 */
import {
  type Container,
  definePlugin,
  type Edit,
  netDevice,
  type Plan,
  type PlanContext,
  problem,
  type State,
} from "container-hooks/plugin";
import { attach } from "./attach.ts";
import { attachments, type Carry, livingHolders } from "./attachment.ts";
import { missing, neededDevices } from "./checks.ts";
import { collectRequests, PREFIX } from "./collect_requests.ts";
import { Ip } from "./ip.ts";
import { networkComesLater, networkOf, POWER, whyPowerless } from "./network.ts";
import { OPTIONS } from "./options.ts";
import { checkIp, IP, SYSCTL } from "./programs.ts";
import { release } from "./recover.ts";
import type { DeviceRequest } from "./request.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

export default definePlugin({
  api: 1,
  name: "network-nic",
  version: "1.0.0",
  brief: "Gives containers network devices: of the host, pairs on bridges, macvlans",
  options: OPTIONS,
  needs: {
    read: ["/proc", "/run/netns", ...IP.places, ...SYSCTL.places],
    run: IP.places.concat(SYSCTL.places),
  },
  async plan(container, context) {
    const { requests, faults } = collectRequests(container, context.options);
    if (faults.length > 0) return { deny: faults };
    if (requests.length === 0) {
      return { stages: [], note: whyNothing(container) };
    }
    const why = whyImpossible(container, context, requests);
    if (why.length > 0) return { deny: why };
    // Later the container would be half made.
    await checkIp(context.host);
    return await planDevices(container, context, requests);
  },
  on: {
    createRuntime: attachAt,
    start: attachAt,
    poststop: (_state, context) => release(context, context.carry as unknown as Carry),
  },
});

/** Makes the devices, at createRuntime and, for docker from 28 on, at start. */
async function attachAt(
  state: State,
  context: Tools & { carry: unknown; undo(action: () => Promise<void>): void },
): Promise<void> {
  await attach(context, context.carry as Carry, state, (action) => context.undo(action));
}

function whyNothing({ engine, labels, facts: { userLabels } }: Container): string {
  if (engine === "docker" && userLabels.state === "unknown") {
    return `no network device is asked for as far as is known; labels are not: ${userLabels.why}`;
  }
  const ofImage = Object.keys(labels).filter((key) => key.startsWith(PREFIX));
  if (ofImage.length === 0) return `no network device is asked for: no option devices, no ${PREFIX}NAME`;
  return `no network device is asked for: ${ofImage.join(", ")} is not known to be a label of docker's user`;
}

/** What can be said before the container's namespace is there. */
function whyImpossible(
  { linux }: Container,
  { host }: Pick<PlanContext, "host">,
  requests: readonly DeviceRequest[],
): string[] {
  const network = networkOf(linux);
  if (network === "host") {
    return ["it has the host's network, whose devices would be renamed; give it a network of its own"];
  }
  const powerless = whyPowerless(host);
  // No policy would help.
  if (powerless !== undefined) throw problem(powerless, POWER);
  const kept = attachments(host);
  const alive = kept.filter((each) => livingHolders(host, each).length > 0);
  return requests.flatMap(neededDevices).filter((name) => !isOnHost(host, name)).flatMap((name) => {
    // In a pod, another container of it may have the device; of a dead container, it is taken back first.
    const heldByDead = kept.some((each) =>
      !alive.includes(each) && each.devices.some(({ was }) => was?.name === name)
    );
    return network === "joined" || heldByDead ? [] : [missing(name, alive)];
  });
}

function isOnHost(host: PlanContext["host"], name: string): boolean {
  return host.lstat(`/proc/sys/net/ipv4/conf/${name}`) !== undefined;
}

async function planDevices(
  container: Container,
  { host, features }: Pick<PlanContext, "host" | "features">,
  requests: DeviceRequest[],
): Promise<Plan> {
  const later = networkComesLater(container);
  // Nobody else but us knows of a pod's other containers, or brings a dead container's device back.
  const movable = later || networkOf(container.linux) !== "own"
    ? []
    : requests.flatMap(({ name, source }) =>
      source.kind === "device" && isOnHost(host, source.host) ? [{ host: source.host, name }] : []
    );
  const byRuntime = movable.length > 0 && supportsMoving(await features()) ? movable : [];
  const carry: Carry = { key: crypto.randomUUID().replaceAll("-", ""), requests, moved: [] };
  if (byRuntime.length > 0) carry.moved = await snapshots(host, byRuntime.map(({ host }) => host));
  const edits: Edit[] = byRuntime.map(({ host, name }) => netDevice(host, name));
  const stage = later ? "start" : "createRuntime";
  const names = requests.map(({ name }) => name).join(", ");
  return {
    edits,
    carry: JSON.parse(JSON.stringify(carry)),
    stages: [stage, "poststop"],
    note: `${names} at ${stage}${byRuntime.length > 0 ? ", moved by the runtime" : ""}`,
  };
}

function supportsMoving({ linux }: Readonly<Record<string, unknown>>): boolean {
  return (linux as { netDevices?: { enabled?: boolean } } | undefined)?.netDevices?.enabled === true;
}

async function snapshots(host: PlanContext["host"], names: readonly string[]): Promise<Snapshot[]> {
  const ip = new Ip(host);
  const links = await ip.links();
  const wanted = links.filter(({ ifname }) => names.includes(ifname));
  return await Promise.all(wanted.map((link) => takeSnapshot(ip, host, link)));
}
