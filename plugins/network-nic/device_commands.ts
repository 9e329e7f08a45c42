/** The commands of `ip` that give a container its devices. */
import type { IpCommand } from "./batch.ts";
import type { DeviceRequest } from "./request.ts";

/** Bytes: what a pair is made with where nothing is said. */
const ETHERNET_MTU = 1500;

/**
 * Lists the commands for the host's namespace: the device is moved or made.
 *
 * @param namespace name in /run/netns of the container's
 * @param hostEnd name of a pair's other end
 */
export function placing(request: DeviceRequest, namespace: string, hostEnd: string): IpCommand[] {
  const { name, source } = request;
  switch (source.kind) {
    case "device":
      return [["link", "set", "dev", source.host, "netns", namespace, "name", name]];
    case "pair":
      return [
        [
          ...["link", "add", "dev", hostEnd, ...hostMtu(request)],
          ...["type", "veth", "peer", "name", name, "netns", namespace],
        ],
        ...source.bridge === undefined ? [] : [["link", "set", "dev", hostEnd, "master", source.bridge]],
        ["link", "set", "dev", hostEnd, "up"],
      ];
    case "macvlan":
      return [[
        ...["link", "add", "link", source.parent, "name", name, "netns", namespace],
        ...["type", "macvlan", "mode", source.mode],
      ]];
  }
}

/**
 * A pair drops what is larger than either of its ends takes. On a bridge the host's is not made smaller: the bridge
 * follows its smallest port, and with it everybody there.
 */
function hostMtu({ mtu, source }: DeviceRequest): string[] {
  const isBridged = source.kind === "pair" && source.bridge !== undefined;
  return mtu === undefined || (isBridged && mtu < ETHERNET_MTU) ? [] : ["mtu", String(mtu)];
}

/** Lists the commands for the container's namespace: all that makes the device what was asked for. */
export function settling(request: DeviceRequest): IpCommand[] {
  const dev = ["dev", request.name];
  const set = (...words: string[]): IpCommand => ["link", "set", ...dev, ...words];
  return [
    ...request.mac === undefined ? [] : [set("address", request.mac)],
    ...request.mtu === undefined ? [] : [set("mtu", String(request.mtu))],
    ...request.queue === undefined ? [] : [set("txqueuelen", String(request.queue))],
    ...request.addresses.map((address): IpCommand => [
      ...["address", "add", address, ...dev],
      // Otherwise the address cannot be used for the second that the kernel asks around.
      ...address.includes(":") ? ["nodad"] : [],
    ]),
    ...request.up ? [set("up")] : [],
    ...request.routes.map(({ to, via, metric }): IpCommand => [
      ...["route", "replace", to],
      ...via === undefined ? [] : ["via", via],
      ...dev,
      ...metric === undefined ? [] : ["metric", String(metric)],
    ]),
    ...request.neighbours.map((
      { address, mac },
    ): IpCommand => ["neighbour", "replace", address, "lladdr", mac, "nud", "permanent", ...dev]),
  ];
}

/** Settings of the device below /proc/sys, as words for sysctl; before it is up, as some count only then. */
export function sysctlsOf({ name, sysctls }: DeviceRequest): string[] {
  return sysctls.map(({ key, value }) => {
    const [family, setting] = key.split(".");
    return `net/${family}/conf/${name}/${setting}=${value}`;
  });
}

/** What names of ours are for, and their third character. */
const OWN_NAMES = { pair: "v", moving: "m", aside: "a" } as const;

/** Makes a name of ours for a device: 15 characters, of this container alone. */
export function ownName(what: keyof typeof OWN_NAMES, key: string, index: number): string {
  return `ch${OWN_NAMES[what]}${key.slice(0, 10)}${index.toString(16).padStart(2, "0")}`;
}
