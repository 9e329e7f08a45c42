/**
 * Which device of a namespace is which of the host's. Root inside can rename a device and give it another MAC
 * address, or make one that looks like it, so what it cannot change counts first.
 */
import type { AttachedDevice, Attachment } from "./attachment.ts";
import type { Link } from "./ip.ts";
import { permanentAddress, remaking, type Snapshot } from "./snapshot.ts";

/** Whether a link is the device. */
type Trait = (link: Link, device: AttachedDevice & { was: Snapshot }) => boolean;

/** What tells a device, the surest first. */
const TRAITS: Trait[] = [
  (link, { was }) => was.permaddr !== undefined && permanentAddress(link) === was.permaddr,
  (link, { ifindex }) => link.ifindex === ifindex,
  ({ address }, { was, request }) => address !== undefined && (address === was.mac || address === request.mac),
];

/**
 * Finds the host's devices of an attachment in the container's namespace.
 *
 * @param inside devices of that namespace
 * @param others attachments of the same namespace, whose devices are left to them
 */
export function matchInside(
  inside: readonly Link[],
  { devices, placed }: Pick<Attachment, "devices" | "placed">,
  others: readonly Attachment[],
): Map<AttachedDevice, Link> {
  const theirs = others.flatMap((other) => other.devices.map(({ ifindex }) => ifindex));
  const free = new Set(inside.filter(({ ifname, ifindex }) => ifname !== "lo" && !theirs.includes(ifindex)));
  const found = new Map<AttachedDevice, Link>();
  const traits = placed ? [...TRAITS, ({ ifname }, { request }) => ifname === request.name] as Trait[] : TRAITS;
  const take = (device: AttachedDevice, link: Link | undefined) => {
    if (!link) return;
    found.set(device, link);
    free.delete(link);
  };
  const left = () => devices.filter(isOfHost).filter((device) => !found.has(device));
  for (const trait of traits) {
    for (const device of left()) {
      take(device, [...free].find((link) => mayBe(link, device.was) && trait(link, device)));
    }
  }
  for (const device of placed ? left() : []) take(device, onlyOneLeft(free, device, left()));
  return found;
}

/** The one device that is left for the one that is sought; what can be made anew need not be guessed. */
function onlyOneLeft(free: Iterable<Link>, { was }: { was: Snapshot }, sought: readonly { was: Snapshot }[]) {
  if (remaking(was)) return undefined;
  const links = [...free].filter((link) => mayBe(link, was));
  return links.length === 1 && sought.filter(({ was: other }) => other.kind === was.kind).length === 1
    ? links[0]
    : undefined;
}

/**
 * Finds a device on the host: under its name, or, where it has a driver, as the kernel sent it back when the
 * container's namespace ended.
 */
export function findReturned(outside: readonly Link[], was: Snapshot): Link | undefined {
  const named = outside.find((link) => link.ifname === was.name);
  if (was.kind !== undefined) return named;
  const same = outside.filter((link) => mayBe(link, was));
  return same.find((link) => was.permaddr !== undefined && permanentAddress(link) === was.permaddr) ??
    same.find((link) => link.ifindex === was.ifindex) ?? same.find(({ address }) => address === was.mac) ?? named;
}

function isOfHost(device: AttachedDevice): device is AttachedDevice & { was: Snapshot } {
  return device.was !== undefined;
}

/** Whether kind and permanent address leave it open. */
function mayBe(link: Link, was: Snapshot): boolean {
  const permanent = permanentAddress(link);
  return link.linkinfo?.info_kind === was.kind &&
    (permanent === undefined || was.permaddr === undefined || permanent === was.permaddr);
}
