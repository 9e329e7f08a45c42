/** The commands of `ip` that give a container its devices. */
import type { Command } from "./ip.ts";
import type { DeviceRequest } from "./request.ts";

/**
 * In the host's namespace: the device is moved or made.
 *
 * @param namespace name in /run/netns of the container's
 * @param hostEnd name of a pair's other end
 */
export function placing({ name, source }: DeviceRequest, namespace: string, hostEnd: string): Command[] {
  switch (source.kind) {
    case "device":
      return [["link", "set", "dev", source.host, "netns", namespace, "name", name]];
    case "pair":
      return [
        ["link", "add", "dev", hostEnd, "type", "veth", "peer", "name", name, "netns", namespace],
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

/** In the container's namespace: everything that makes the device what was asked for. */
export function settling(request: DeviceRequest): Command[] {
  const dev = ["dev", request.name];
  const set = (...words: string[]): Command => ["link", "set", ...dev, ...words];
  return [
    ...request.mac === undefined ? [] : [set("address", request.mac)],
    ...request.mtu === undefined ? [] : [set("mtu", String(request.mtu))],
    ...request.queue === undefined ? [] : [set("txqueuelen", String(request.queue))],
    ...request.addresses.map((address): Command => [
      ...["address", "add", address, ...dev],
      // Otherwise the address cannot be used for the second that the kernel asks around.
      ...address.includes(":") ? ["nodad"] : [],
    ]),
    ...request.up ? [set("up")] : [],
    ...request.routes.map(({ to, via, metric }): Command => [
      ...["route", "replace", to],
      ...via === undefined ? [] : ["via", via],
      ...dev,
      ...metric === undefined ? [] : ["metric", String(metric)],
    ]),
    ...request.neighbours.map((
      { address, mac },
    ): Command => ["neighbour", "replace", address, "lladdr", mac, "nud", "permanent", ...dev]),
  ];
}

/** Settings of the device below /proc/sys, as words for sysctl; before it is up, as some count only then. */
export function sysctlsOf({ name, sysctls }: DeviceRequest): string[] {
  return sysctls.map(({ key, value }) => {
    const [family, setting] = key.split(".");
    return `net/${family}/conf/${name}/${setting}=${value}`;
  });
}

/** A name of ours for a device on the host: 15 characters, of this container alone. */
export function ownName(what: "pair" | "moving", key: string, index: number): string {
  return `ch${what === "pair" ? "v" : "m"}${key.slice(0, 10)}${index.toString(16).padStart(2, "0")}`;
}
