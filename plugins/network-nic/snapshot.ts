/** What a device of the host was before it was moved, and the commands that make it that again. */
import type { PluginHost } from "container-hooks/plugin";
import type { Command, Ip, Link, ListedAddress, ListedRoute } from "./ip.ts";

/** A device of the host as it was. */
export interface Snapshot {
  name: string;
  ifindex: number;
  /** "tun" for a tap; undefined for what drivers bring. */
  kind?: string;
  /** How a tap was made; of other kinds that we make anew, nothing. */
  tap?: { mode: string; flags: string[]; user?: string; group?: string };
  mac?: string;
  /** The MAC address that it was made with; of those with a driver, as the kernel gives the others none. */
  permaddr?: string;
  mtu: number;
  queue?: number;
  up: boolean;
  master?: string;
  addresses: ListedAddress[];
  routes: ListedRoute[];
  neighbours: { address: string; mac: string }[];
  /** Settings below /proc/sys/net, "ipv4/conf/tap0/rp_filter" and its value. */
  sysctls: Record<string, string>;
}

/** Settings of a device that administrators change; they are new ones once it has been away. */
const SYSCTLS = {
  ipv4: ["forwarding", "rp_filter", "proxy_arp", "arp_ignore", "arp_announce", "accept_local"],
  ipv6: ["disable_ipv6", "accept_ra", "autoconf", "forwarding", "addr_gen_mode", "proxy_ndp"],
};

/** Looks at a device that `ip.links()` has listed. */
export async function takeSnapshot(
  ip: Ip,
  host: Pick<PluginHost, "lstat" | "readTextFile">,
  link: Link,
): Promise<Snapshot> {
  const up = link.flags.includes("UP");
  // A device that is down has neither neighbours nor routes.
  const neighbours = up ? await ip.permanentNeighbours(link.ifname) : [];
  return {
    name: link.ifname,
    ifindex: link.ifindex,
    kind: link.linkinfo?.info_kind,
    tap: link.linkinfo?.info_kind === "tun" ? tapOf(link.linkinfo.info_data ?? {}) : undefined,
    mac: link.address,
    permaddr: permanentAddress(link),
    mtu: link.mtu,
    queue: link.txqlen,
    up,
    master: link.master,
    // The kernel makes link-local addresses by itself.
    addresses: (link.addr_info ?? []).filter(({ family, scope }) => family !== "inet6" || scope !== "link"),
    // Those that come with an address or with the device itself come again with it.
    routes: up
      ? (await ip.routes(link.ifname)).filter(({ protocol, type }) =>
        protocol !== "kernel" && (type ?? "unicast") === "unicast"
      )
      : [],
    neighbours: neighbours.flatMap(({ dst, lladdr }) => lladdr ? [{ address: dst, mac: lladdr }] : []),
    sysctls: sysctlsOf(host, link.ifname),
  };
}

/** The MAC address that a device with a driver was made with, which nobody can change; `ip` lists one that differs. */
export function permanentAddress({ address, permaddr, linkinfo }: Link): string | undefined {
  return permaddr ?? (linkinfo?.info_kind === undefined ? address : undefined);
}

function tapOf(data: Record<string, unknown>): Snapshot["tap"] {
  const flags = ["multi_queue", "vnet_hdr", "pi"].filter((flag) => data[flag] === true);
  const text = (value: unknown) => value === undefined ? undefined : String(value);
  return { mode: String(data.type ?? "tap"), flags, user: text(data.user), group: text(data.group) };
}

function sysctlsOf(host: Pick<PluginHost, "lstat" | "readTextFile">, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [family, keys] of Object.entries(SYSCTLS)) {
    for (const key of keys) {
      const setting = `${family}/conf/${name}/${key}`;
      const path = `/proc/sys/net/${setting}`;
      if (host.lstat(path)) found[setting] = host.readTextFile(path).trim();
    }
  }
  return found;
}

/** Commands that give a device of that name, on the host, everything back but its name and its sysctls. */
export function restoring(was: Snapshot): Command[] {
  const dev = ["dev", was.name];
  const set = (...words: string[]): Command => ["link", "set", ...dev, ...words];
  return [
    set("down"),
    ...was.mac !== undefined ? [set("address", was.mac)] : [],
    set("mtu", String(was.mtu)),
    ...was.queue !== undefined ? [set("txqueuelen", String(was.queue))] : [],
    ["address", "flush", ...dev],
    ...was.master !== undefined ? [set("master", was.master)] : [],
    ...was.addresses.map((address): Command => ["address", "replace", ...addressWords(address), ...dev]),
    ...was.up ? [set("up")] : [],
    ...was.routes.map((route): Command => ["route", "replace", ...routeWords(route), ...dev]),
    ...was.neighbours.map((
      { address, mac },
    ): Command => ["neighbour", "replace", address, "lladdr", mac, "nud", "permanent", ...dev]),
  ];
}

/** Commands that make a device of a kind that vanishes with its namespace, as long as the kernel can make one. */
export function remaking({ name, kind, tap }: Snapshot): Command[] | undefined {
  if (kind === "dummy" || kind === "ifb") return [["link", "add", "dev", name, "type", kind]];
  if (kind !== "tun" || !tap) return undefined;
  const owner = [...tap.user ? ["user", tap.user] : [], ...tap.group ? ["group", tap.group] : []];
  return [["tuntap", "add", "dev", name, "mode", tap.mode, ...owner, ...tap.flags]];
}

/** Settings that are others now, as words for sysctl. */
export function changedSysctls(host: Pick<PluginHost, "lstat" | "readTextFile">, was: Snapshot): string[] {
  const now = sysctlsOf(host, was.name);
  return Object.entries(was.sysctls)
    .filter(([setting, value]) => now[setting] !== undefined && now[setting] !== value)
    .map(([setting, value]) => `net/${setting}=${value}`);
}

function addressWords({ local, prefixlen, address, broadcast, scope, label }: ListedAddress): string[] {
  return [
    ...address === undefined ? [`${local}/${prefixlen}`] : [local, "peer", `${address}/${prefixlen}`],
    ...broadcast === undefined ? [] : ["broadcast", broadcast],
    ...scope === "global" ? [] : ["scope", scope],
    ...label === undefined ? [] : ["label", label],
  ];
}

function routeWords({ dst, gateway, protocol, scope, prefsrc, metric, table }: ListedRoute): string[] {
  const given = { via: gateway, proto: protocol, scope, src: prefsrc, metric, table };
  return [
    dst,
    ...Object.entries(given).flatMap(([key, value]) => value === undefined ? [] : [key, String(value)]),
  ];
}
