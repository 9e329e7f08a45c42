/**
 * Taking back what was done for a container. Every step finds out by itself whether it has been done already, so
 * this can be begun anew wherever it, or the attaching, was killed.
 */
import { problem } from "container-hooks/plugin";
import { asJson, type AttachedDevice, type Attachment, attachments, pinState } from "./attachment.ts";
import { ownName } from "./device_commands.ts";
import { type Command, Ip, type Link } from "./ip.ts";
import { findReturned, matchInside } from "./match.ts";
import { changedSysctls, remaking, restoring, type Snapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

/** How often, and after how many milliseconds, the host is looked at for what the kernel sends back. */
const LOOKS = 20;
const PAUSE = 100;

/**
 * Gives the host its devices back, removes those that were made, and forgets the attachment.
 *
 * @throws a problem with all that could not be done; the attachment is kept then, for `nic gc`
 */
export async function detach(tools: Tools, attachment: Attachment): Promise<void> {
  const ip = new Ip(tools.host);
  const pin = pinState(tools.host, attachment.pin);
  const inside = pin === "holds" ? await ip.links(attachment.pin) : [];
  const around = {
    ip,
    tools,
    attachment,
    moved: matchInside(inside, attachment, neighbours(tools, attachment)),
  };
  const troubles = new Map<AttachedDevice, string>();
  const lost: AttachedDevice[] = [];
  for (const [index, device] of attachment.devices.entries()) {
    if (device.returned) continue;
    await noting(troubles, device, async () => {
      const temporary = ownName("moving", attachment.key, index);
      if (!device.was) await remove(ip, attachment, inside, device);
      else if (!await giveBack(around, device, device.was, temporary)) lost.push(device);
    });
  }
  // Nothing is in there any more that would die with the namespace, and the kernel sends the rest back.
  if (troubles.size === 0 && pin !== "none") await ip.does([["netns", "delete", attachment.pin]]);
  for (const device of lost) await noting(troubles, device, () => restoreReturned(around, device.was!));
  if (troubles.size > 0) {
    const devices = attachment.devices.map((device) => ({ ...device, returned: !troubles.has(device) }));
    tools.keep(attachment.key, asJson({ ...attachment, devices }));
    throw problem(
      `what container ${attachment.holders[0]?.id} had could not all be taken back: ${
        [...troubles.values()].join("; ")
      }`,
      "mend that, then `container-hooks nic gc`",
    );
  }
  tools.keep(attachment.key, undefined);
}

interface Surroundings {
  ip: Ip;
  tools: Tools;
  attachment: Attachment;
  /** Devices of the host that are in the container's namespace. */
  moved: ReadonlyMap<AttachedDevice, Link>;
}

async function noting(
  troubles: Map<AttachedDevice, string>,
  device: AttachedDevice,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    troubles.set(device, (thrown as Error).message);
  }
}

/** Others of the same namespace, as in a pod. */
function neighbours({ host }: Tools, { key, namespace }: Attachment): Attachment[] {
  return attachments(host).filter((other) => other.key !== key && other.namespace === namespace);
}

/**
 * @param temporary what the device is called on its way: on the host, the container's name of it may be taken
 * @returns false where it is neither in the container nor on the host, and cannot be made anew
 */
async function giveBack(
  { ip, tools, attachment, moved }: Surroundings,
  device: AttachedDevice,
  was: Snapshot,
  temporary: string,
): Promise<boolean> {
  const link = moved.get(device);
  if (link) {
    const own = tools.host.readLink("/proc/self");
    await ip.does([
      ["link", "set", "dev", link.ifname, "down"],
      ...link.ifname === temporary ? [] : [["link", "set", "dev", link.ifname, "name", temporary]],
      ["link", "set", "dev", temporary, "netns", own],
    ], attachment.pin);
  }
  const outside = await ip.links();
  const back = outside.find(({ ifname }) => ifname === temporary) ?? findReturned(outside, was);
  if (!back && !remaking(was)) return false;
  await restore({ ip, tools }, back, was, outside);
  return true;
}

/** Waits for the kernel to send a device with a driver back, whose namespace has ended. */
async function restoreReturned({ ip, tools }: Surroundings, was: Snapshot): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const outside = await ip.links();
    const back = findReturned(outside, was);
    if (back) return await restore({ ip, tools }, back, was, outside);
    if (was.kind !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw problem(`${was.name} is gone`, "make it anew");
}

async function restore(
  { ip, tools }: Pick<Surroundings, "ip" | "tools">,
  back: Link | undefined,
  was: Snapshot,
  outside: readonly Link[],
): Promise<void> {
  await ip.does([...naming(back, was, outside), ...restoring(was)]);
  await ip.sysctls(changedSysctls(tools.host, was));
}

/** Commands after which a device of the old name is there: renamed, or made anew. */
function naming(back: Link | undefined, was: Snapshot, outside: readonly Link[]): readonly Command[] {
  if (!back) return remaking(was) ?? [];
  if (back.ifname === was.name) return [];
  if (outside.some(({ ifname }) => ifname === was.name)) {
    throw problem(
      `${back.ifname} cannot be ${was.name} again, which is another device now`,
      "rename that one",
    );
  }
  return [
    ["link", "set", "dev", back.ifname, "down"],
    ["link", "set", "dev", back.ifname, "name", was.name],
  ];
}

/** A pair goes with either of its ends. */
async function remove(
  ip: Ip,
  { pin }: Attachment,
  inside: readonly Link[],
  { request, hostEnd, ifindex }: AttachedDevice,
): Promise<void> {
  if (hostEnd !== undefined) {
    const end = (await ip.links()).find(({ ifname }) => ifname === hostEnd);
    if (end?.linkinfo?.info_kind === "veth") await ip.does([["link", "delete", "dev", hostEnd]]);
    return;
  }
  const made = inside.find((link) =>
    link.linkinfo?.info_kind === request.source.kind &&
    (ifindex === undefined ? link.ifname === request.name : link.ifindex === ifindex)
  );
  if (made) await ip.does([["link", "delete", "dev", made.ifname]], pin);
}
