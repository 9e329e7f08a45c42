/** Removing what was made for a container: pairs and macvlans. */
import type { AttachedDevice, Attachment } from "./attachment.ts";
import type { Ip } from "./ip.ts";
import type { Link } from "./listed.ts";
import { referenceTo } from "./reference.ts";

/** Removes it, if it is still there. @param inside devices of the container's namespace */
export async function remove(
  ip: Ip,
  { pin }: Attachment,
  inside: readonly Link[],
  device: AttachedDevice,
): Promise<void> {
  const made = inside.find((link) => isMade(link, device));
  if (device.hostEnd !== undefined) {
    // A pair goes with either of its ends. By its name alone, the host's could be somebody else's by now.
    const number = device.hostIndex ?? made?.link_index;
    const end = number === undefined
      ? undefined
      : (await ip.links()).find(({ ifindex }) => ifindex === number);
    if (end && isPair(end)) return await ip.does([["link", "delete", "dev", referenceTo(end)]]);
  }
  if (made) await ip.does([["link", "delete", "dev", referenceTo(made)]], pin);
}

function isMade(link: Link, { request: { name, source }, ifindex }: AttachedDevice): boolean {
  const isKind = source.kind === "pair" ? isPair(link) : link.linkinfo?.info_kind === source.kind;
  return isKind && (ifindex === undefined ? link.ifname === name : link.ifindex === ifindex);
}

function isPair({ linkinfo }: Link): boolean {
  return linkinfo?.info_kind === "veth";
}
