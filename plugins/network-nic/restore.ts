/** Making a device on the host what it was. */
import { problem } from "container-hooks/plugin";
import { givingBack, inOrderOfAdding } from "./address_words.ts";
import type { FailedCommand, IpCommand } from "./batch.ts";
import { changedSysctls } from "./device_sysctls.ts";
import { Ip } from "./ip.ts";
import { settingBack } from "./link_settings.ts";
import type { Link } from "./listed.ts";
import { claiming, referenceTo } from "./reference.ts";
import { inOrder, leadingBack, whyLost } from "./route_words.ts";
import { remaking, type Snapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

/**
 * Gives a device its name back, or makes it anew, then everything else, each thing by itself.
 *
 * @param back what it is on the host; undefined where it has to be made
 * @param outside all devices of the host
 * @returns a sentence for each thing that the device could not be given back
 * @throws a problem where it cannot have its name
 */
export async function restore(
  { host }: Pick<Tools, "host">,
  back: Link | undefined,
  was: Snapshot,
  outside: readonly Link[],
): Promise<string[]> {
  const ip = new Ip(host);
  await ip.does(naming(back, was, outside));
  const now = back ?? (await ip.links()).find(({ ifname }) => ifname === was.name);
  if (!now) throw problem(`${was.name} was made, and is gone again`, "find out who removes it");
  const elapsed = Math.max(Math.round((Date.now() - was.taken) / 1000), 0);
  const failed = await ip.attempts(readying(was, now));
  const sysctls = changedSysctls(host, was.name, was.sysctls);
  const refused = await ip.sysctls(sysctls).then(() => [], (thrown: Error) => [thrown.message]);
  // Behind the sysctls: with IPv6 switched off there is no address of it.
  failed.push(...await ip.attempts(connecting(was, elapsed)));
  return [
    ...failed.filter((each) => !isThere(each)).map(({ command, why }) => `ip ${command.join(" ")}: ${why}`),
    ...refused,
    ...was.routes.flatMap((route) => {
      const why = whyLost(route);
      return why === undefined ? [] : [`the route to ${route.dst}: ${why}`];
    }),
  ].map((lost) => `${was.name} came back without this: ${lost}`);
}

/** Commands after which a device of the old name is there: renamed, or made anew. */
function naming(back: Link | undefined, was: Snapshot, outside: readonly Link[]): readonly IpCommand[] {
  if (!back) return remaking(was) ?? [];
  if (back.ifname === was.name) return [];
  if (outside.some(({ ifname, altnames }) => ifname === was.name || altnames?.includes(was.name))) {
    throw problem(
      `${back.ifname} cannot be ${was.name} again, which is another device now`,
      "rename that one",
    );
  }
  const word = referenceTo(back);
  // The host's devices are not called otherwise for it, as those of a container are.
  if (claiming(back, outside, was.name).length > 0) {
    throw problem(`${was.name} can only be called ${word} here, which is another device`, "rename that one");
  }
  return [
    ["link", "set", "dev", word, "down"],
    ["link", "set", "dev", word, "name", was.name],
  ];
}

/** Commands for the device itself, which ends what it is connected to. */
export function readying(was: Snapshot, now: Link): IpCommand[] {
  return [
    ["link", "set", "dev", was.name, "down"],
    ...settingBack(was.name, was, now),
    ["address", "flush", "dev", was.name],
  ];
}

/**
 * Commands that connect it as it was.
 *
 * @param elapsed seconds since then
 */
export function connecting(was: Snapshot, elapsed: number): IpCommand[] {
  const { name } = was;
  return [
    ...was.master !== undefined ? [["link", "set", "dev", name, "master", was.master]] : [],
    // Before the addresses: of one with an end that is added to a device that is down, IPv6 makes no route.
    ...was.up ? [["link", "set", "dev", name, "up"]] : [],
    ...inOrderOfAdding(was.addresses).flatMap((address) => givingBack(address, name, elapsed)),
    ...inOrder(was.routes).filter((route) => whyLost(route) === undefined)
      .flatMap((route) => leadingBack(route, name, elapsed)),
    ...was.neighbours.map((
      { address, mac },
    ): IpCommand => ["neighbour", "replace", address, "lladdr", mac, "nud", "permanent", "dev", name]),
  ];
}

/** Tells whether a command failed because what it adds is there: somebody, such as a DHCP client, was faster. */
function isThere({ command, why }: FailedCommand): boolean {
  return command.includes("route") && /file exists/.test(why);
}
