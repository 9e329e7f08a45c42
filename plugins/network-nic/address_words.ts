/** Addresses of a device of the host, given back with all that they were. */
import type { IpCommand } from "./batch.ts";
import { FOREVER, type ListedAddress } from "./listed.ts";

/** Flags that can be given to an address, as `ip` lists and takes them. */
const FLAGS = ["noprefixroute", "mngtmpaddr", "home", "nodad", "optimistic", "autojoin"] as const;

/** Whether nobody else makes it: the kernel makes link-local and temporary addresses by itself. */
export function isOwnAddress({ protocol, temporary }: ListedAddress): boolean {
  return protocol !== "kernel_ll" && !temporary;
}

/** Sorts addresses into the order in which adding them makes the same list: of IPv6, the newest is listed first. */
export function inOrderOfAdding(addresses: readonly ListedAddress[]): ListedAddress[] {
  const isSix = ({ family }: ListedAddress) => family === "inet6";
  return [...addresses.filter((address) => !isSix(address)), ...addresses.filter(isSix).toReversed()];
}

/**
 * Commands that give a device an address; none where its time has run out.
 *
 * @param elapsed seconds since it was listed
 */
export function givingBack(address: ListedAddress, name: string, elapsed: number): IpCommand[] {
  const lifetime = lifetimeWords(address, elapsed);
  if (!lifetime) return [];
  const command = (verb: string, flags: string[]): IpCommand => [
    ...["address", verb, ...placeWords(address), ...lifetime, ...flags, "dev", name],
  ];
  const flags = FLAGS.filter((flag) => address[flag]);
  if (address.family !== "inet6" || address.tentative || address.nodad) return [command("replace", flags)];
  // It was in use: without this it would wait for the kernel to ask around again, and routes from it would fail.
  return [command("replace", [...flags, "nodad"]), command("change", flags)];
}

function placeWords({ local, prefixlen, address, broadcast, scope, label, metric }: ListedAddress): string[] {
  return [
    ...address === undefined ? [`${local}/${prefixlen}`] : [local, "peer", `${address}/${prefixlen}`],
    ...broadcast === undefined ? [] : ["broadcast", broadcast],
    ...scope === "global" ? [] : ["scope", scope],
    ...label === undefined ? [] : ["label", label],
    ...metric === undefined ? [] : ["metric", String(metric)],
  ];
}

function lifetimeWords(
  { valid_life_time: valid = FOREVER, preferred_life_time: preferred = FOREVER }: ListedAddress,
  elapsed: number,
): string[] | undefined {
  if (valid === FOREVER && preferred === FOREVER) return [];
  const left = (seconds: number) => seconds === FOREVER ? "forever" : String(Math.max(seconds - elapsed, 0));
  if (left(valid) === "0") return undefined;
  return ["valid_lft", left(valid), "preferred_lft", left(preferred)];
}
