/**
 * How a command names a device whose name root of a container has chosen. The kernel takes any bytes; what is not
 * text, or would end a text, is listed with U+FFFD in its place and no word of ours can say it.
 */
import type { IpCommand } from "./batch.ts";
import type { Link } from "./listed.ts";

/** Whether a name, or alternative name, can be said in a command. */
export function isSayable(name: string): boolean {
  return !name.includes("\ufffd");
}

/** Gets the word for a device: its name, or iproute2's word for its number. */
export function referenceTo({ ifname, ifindex }: Link): string {
  return isSayable(ifname) ? ifname : `if${ifindex}`;
}

/**
 * Commands after which that word means the device: another of the same namespace can be called by it, and a name
 * counts before a number.
 *
 * @param free a name for that other one
 */
export function claiming(link: Link, all: readonly Link[], free: string): IpCommand[] {
  const word = referenceTo(link);
  if (word === link.ifname) return [];
  return all.filter((other) => other !== link).flatMap(({ ifname, altnames = [] }): IpCommand[] => {
    if (altnames.includes(word)) return [["link", "property", "del", "dev", word, "altname", word]];
    if (ifname !== word) return [];
    return [["link", "set", "dev", word, "down"], ["link", "set", "dev", word, "name", free]];
  });
}
