/** Giving a container its devices. */
import { problem, type State } from "container-hooks/plugin";
import {
  asJson,
  type AttachedDevice,
  type Attachment,
  attachments,
  type Carry,
  type Holder,
  namespaceOf,
  pinOf,
} from "./attachment.ts";
import { conflicts } from "./checks.ts";
import { detach } from "./detach.ts";
import { ownName, placing, settling, sysctlsOf } from "./device_commands.ts";
import { Ip } from "./ip.ts";
import type { Link } from "./listed.ts";
import type { DeviceRequest } from "./request.ts";
import { recoverDead, warnOf } from "./recover.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

/**
 * Gives a container its devices; what fails in the middle is taken back, by `undo` or by a later call.
 *
 * @param undo registers what takes it back
 */
export async function attach(
  tools: Tools,
  carry: Carry,
  state: State,
  undo: (action: () => Promise<void>) => void,
): Promise<void> {
  const pid = state.pid ?? 0;
  const namespace = namespaceOf(tools.host, pid);
  if (namespace === undefined) throw problem("the container's process is gone", "see why it ended");
  if (namespace === namespaceOf(tools.host, "self")) {
    throw problem("the container has the host's network, whose devices would be renamed", "give it its own");
  }
  await tools.alone(async () => {
    await recoverDead(tools);
    const holder = { key: carry.key, id: state.id, pid };
    const wanted = shareWith(tools, carry.requests, namespace, holder);
    if (wanted.length === 0) return;
    const attachment: Attachment = {
      key: carry.key,
      since: Date.now(),
      namespace,
      pin: pinOf(carry.key),
      holders: [holder],
      devices: [],
      placed: false,
    };
    undo(() => tools.alone(() => detachIfKept(tools, carry.key)));
    await place(tools, attachment, wanted, carry.moved, pid);
  });
}

/** Shares a device in a pod: what one container has asked for is there for others that ask for the same. */
function shareWith(
  tools: Tools,
  requests: readonly DeviceRequest[],
  namespace: string,
  holder: Holder,
): DeviceRequest[] {
  const shared = new Set<DeviceRequest>();
  for (const attachment of attachments(tools.host)) {
    if (attachment.namespace !== namespace) continue;
    const there = attachment.devices.map(({ request }) => JSON.stringify(request));
    const same = requests.filter((request) => there.includes(JSON.stringify(request)));
    same.forEach((request) => shared.add(request));
    if (same.length > 0) {
      tools.keep(attachment.key, asJson({ ...attachment, holders: [...attachment.holders, holder] }));
    }
  }
  return requests.filter((request) => !shared.has(request));
}

async function place(
  tools: Tools,
  attachment: Attachment,
  requests: readonly DeviceRequest[],
  moved: readonly Snapshot[],
  pid: number,
): Promise<void> {
  const ip = new Ip(tools.host);
  const { key, pin } = attachment;
  const byRuntime = new Set(moved.map(({ name }) => name));
  const isMoved = ({ source }: DeviceRequest) => source.kind === "device" && byRuntime.has(source.host);
  const outside = await ip.links();
  const others = attachments(tools.host);
  attachment.devices = await devicesOf(tools, ip, outside, requests.filter(isMoved), moved, key);
  // Kept before it is done: from here on a kill leaves something to go by.
  tools.keep(key, asJson(attachment));
  await ip.does([["netns", "attach", pin, String(pid)]]);
  const inside = await ip.links(pin);
  const ours = requests.filter((request) => !isMoved(request));
  // What is taken must not become a device of this attachment: taking that back would take it from its owner.
  refuseConflicts(conflicts(ours, { outside, inside, attachments: others }));
  attachment.devices.push(...await devicesOf(tools, ip, outside, ours, moved, key));
  tools.keep(key, asJson(attachment));
  await ip.does(
    attachment.devices.filter(({ request }) => ours.includes(request))
      .flatMap(({ request, hostEnd }) => placing(request, pin, hostEnd ?? "")),
  );
  const placed = noteIndexes(attachment.devices, await ip.links(pin));
  tools.keep(key, asJson({ ...attachment, devices: placed, placed: true }));
  await ip.sysctls(requests.flatMap(sysctlsOf), pin);
  // The runtime gives a device its addresses of the host.
  const flushed = requests.filter(isMoved).map(({ name }) => ["address", "flush", "dev", name]);
  await ip.does([...flushed, ...requests.flatMap(settling)], pin);
}

/** The container's program does not run yet, so every device still has the name that it was given. */
function noteIndexes(devices: readonly AttachedDevice[], inside: readonly Link[]): AttachedDevice[] {
  return devices.map((device) => {
    const link = inside.find(({ ifname }) => ifname === device.request.name);
    const hostIndex = device.hostEnd === undefined ? undefined : link?.link_index;
    return { ...device, ifindex: link?.ifindex, hostIndex };
  });
}

async function devicesOf(
  tools: Tools,
  ip: Ip,
  outside: readonly Link[],
  requests: readonly DeviceRequest[],
  moved: readonly Snapshot[],
  key: string,
): Promise<AttachedDevice[]> {
  const devices: AttachedDevice[] = [];
  for (const [index, request] of requests.entries()) {
    const { source } = request;
    if (source.kind === "pair") {
      devices.push({ request, hostEnd: source.peer ?? ownName("pair", key, index) });
    } else if (source.kind === "device") {
      const link = outside.find(({ ifname }) => ifname === source.host);
      const was = moved.find(({ name }) => name === source.host) ??
        (link && await takeSnapshot(ip, tools.host, link));
      devices.push({ request, was });
    } else devices.push({ request });
  }
  return devices;
}

function refuseConflicts(found: readonly string[]): void {
  if (found.length === 0) return;
  throw problem(found.join("; "), "`container-hooks nic ls` shows who has what; ask for something else");
}

async function detachIfKept(tools: Tools, key: string): Promise<void> {
  const attachment = attachments(tools.host).find((each) => each.key === key);
  if (attachment) warnOf(tools, await detach(tools, attachment));
}
