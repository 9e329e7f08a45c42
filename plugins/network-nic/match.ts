/**
 * Which device of a namespace is which of the host's. Root inside can rename a device and give it another MAC
 * address, or make one that looks like it, so what it cannot change counts first.
 */
import type { AttachedDevice, Attachment } from "./attachment.ts";
import type { Link } from "./listed.ts";
import { permanentAddress, remaking, type Snapshot } from "./snapshot.ts";

/** A device that is one of the host's. */
type HostDevice = AttachedDevice & { was: Snapshot };

/** Whether a link is the device. */
type Trait = (link: Link, device: HostDevice) => boolean;

/** What tells a device, the surest first. */
const TRAITS: Trait[] = [
  (link, { was }) => hasPermanent(link, was),
  (link, { ifindex }) => link.ifindex === ifindex,
  ({ address }, { was, request }) =>
    address !== undefined && (address === was.mac || address === request.mac),
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
  const isNamed: Trait = ({ ifname }, { request }) => ifname === request.name;
  const left = () => devices.filter(isOfHost).filter((device) => !found.has(device));
  const take = (choose: (links: Link[], device: HostDevice) => Link | undefined) => {
    for (const device of left()) {
      const link = choose([...free].filter((each) => mayBe(each, device.was)), device);
      if (!link) continue;
      found.set(device, link);
      free.delete(link);
    }
  };
  for (const trait of placed ? [...TRAITS, isNamed] : TRAITS) {
    take((links, device) => links.find((link) => trait(link, device)));
  }
  // What can be made anew need not be guessed.
  if (placed) {
    take((links, { was }) =>
      links.length === 1 && isAlone(was, left()) && !remaking(was) ? links[0] : undefined
    );
  }
  return found;
}

function isAlone({ kind }: Snapshot, sought: readonly HostDevice[]): boolean {
  return sought.filter(({ was }) => was.kind === kind).length === 1;
}

/**
 * Finds a device on the host: under its name, or, where it has a driver, as the kernel sent it back when the
 * container's namespace ended.
 */
export function findReturned(outside: readonly Link[], was: Snapshot): Link | undefined {
  if (was.kind !== undefined) return outside.find(({ ifname }) => ifname === was.name);
  const same = outside.filter((link) => mayBe(link, was));
  return same.find((link) => hasPermanent(link, was)) ?? same.find(({ ifname }) => ifname === was.name) ??
    same.find(({ ifindex }) => ifindex === was.ifindex) ?? same.find(({ address }) => address === was.mac);
}

function isOfHost(device: AttachedDevice): device is HostDevice {
  return device.was !== undefined && !device.returned;
}

function hasPermanent(link: Link, { permaddr }: Snapshot): boolean {
  return permaddr !== undefined && permanentAddress(link) === permaddr;
}

/** Whether it is of the kind, and has not been made with another address. */
function mayBe({ linkinfo, permaddr }: Link, was: Snapshot): boolean {
  return linkinfo?.info_kind === was.kind &&
    (permaddr === undefined || was.permaddr === undefined || permaddr === was.permaddr);
}
