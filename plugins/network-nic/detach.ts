/**
 * Taking back what was done for a container. Every step finds out by itself whether it has been done already, so
 * this can be begun anew wherever it, or the attaching, was killed.
 */
import { problem } from "container-hooks/plugin";
import { type AttachedDevice, type Attachment, pinState } from "./attachment.ts";
import { ownName } from "./device_commands.ts";
import { type Command, Ip, type Link } from "./ip.ts";
import { changedSysctls, remaking, restoring, type Snapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

/**
 * Gives the host its devices back, removes those that were made, and forgets the attachment.
 *
 * @throws a problem with all that could not be done; the attachment is kept then, for `nic gc`
 */
export async function detach(tools: Tools, attachment: Attachment): Promise<void> {
  const ip = new Ip(tools.host);
  const pin = pinState(tools.host, attachment.pin);
  const inside = pin === "holds" ? await ip.links(attachment.pin) : [];
  const troubles: string[] = [];
  for (const [index, device] of attachment.devices.entries()) {
    try {
      const temporary = ownName("moving", attachment.key, index);
      if (device.was) await giveBack({ ip, tools, attachment, inside, temporary }, device, device.was);
      else await remove(ip, attachment, inside, device);
    } catch (thrown) {
      troubles.push((thrown as Error).message);
    }
  }
  if (troubles.length > 0) {
    throw problem(
      `what container ${attachment.holders[0]?.id} had could not all be taken back: ${troubles.join("; ")}`,
      "mend that, then `container-hooks nic gc`",
    );
  }
  if (pin !== "none") await ip.does([["netns", "delete", attachment.pin]]);
  tools.keep(attachment.key, undefined);
}

interface Surroundings {
  ip: Ip;
  tools: Tools;
  attachment: Attachment;
  /** Devices of the container's namespace. */
  inside: readonly Link[];
  /** What the device is called on its way. */
  temporary: string;
}

async function giveBack(around: Surroundings, device: AttachedDevice, was: Snapshot): Promise<void> {
  const { ip, tools, attachment, inside, temporary } = around;
  const link = findMoved(inside, device, was, attachment.placed);
  if (link) {
    const own = tools.host.readLink("/proc/self");
    // By a name that nobody has: on the host, the container's name of it may be taken.
    await ip.does([
      ["link", "set", "dev", link.ifname, "down"],
      ...link.ifname === temporary ? [] : [["link", "set", "dev", link.ifname, "name", temporary]],
      ["link", "set", "dev", temporary, "netns", own],
    ], attachment.pin);
  }
  const outside = await ip.links();
  const back = outside.find(({ ifname }) => ifname === temporary) ?? findReturned(outside, was);
  await ip.does([...naming(back, was, outside), ...restoring(was)]);
  await ip.sysctls(changedSysctls(tools.host, was));
}

/** Commands after which a device of the old name is there: renamed, or made anew. */
function naming(back: Link | undefined, was: Snapshot, outside: readonly Link[]): readonly Command[] {
  if (!back) {
    const commands = remaking(was);
    if (!commands) throw problem(`${was.name} is gone`, "make it anew");
    return commands;
  }
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

/** Root inside may have renamed it, or given it another MAC address. */
function findMoved(
  inside: readonly Link[],
  { request: { name, mac } }: AttachedDevice,
  was: Snapshot,
  placed: boolean,
): Link | undefined {
  const same = inside.filter(({ ifname, linkinfo }) => ifname !== "lo" && linkinfo?.info_kind === was.kind);
  return same.find(({ address }) => address !== undefined && (address === was.mac || address === mac)) ??
    (placed ? same.find(({ ifname }) => ifname === name) : undefined);
}

/** It is there under its name, or as the kernel sent it back when the namespace ended. */
function findReturned(outside: readonly Link[], was: Snapshot): Link | undefined {
  const same = (link: Link) => link.linkinfo?.info_kind === was.kind && link.address === was.mac;
  return outside.find((link) => link.ifname === was.name) ??
    (was.kind === undefined ? outside.find(same) : undefined);
}

/** A pair goes with either of its ends. */
async function remove(
  ip: Ip,
  { pin }: Attachment,
  inside: readonly Link[],
  { request, hostEnd }: AttachedDevice,
): Promise<void> {
  if (hostEnd !== undefined) {
    const end = (await ip.links()).find(({ ifname }) => ifname === hostEnd);
    if (end?.linkinfo?.info_kind === "veth") await ip.does([["link", "delete", "dev", hostEnd]]);
    return;
  }
  const made = inside.find(({ ifname, linkinfo }) =>
    ifname === request.name && linkinfo?.info_kind === request.source.kind
  );
  if (made) await ip.does([["link", "delete", "dev", made.ifname]], pin);
}
