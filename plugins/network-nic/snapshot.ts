/** What a device of the host was before it was moved. */
import type { PluginHost } from "container-hooks/plugin";
import { isOwnAddress } from "./address_words.ts";
import type { IpCommand } from "./batch.ts";
import { type DeviceSysctls, readSysctls } from "./device_sysctls.ts";
import type { Ip } from "./ip.ts";
import { type LinkSettings, settingsOf } from "./link_settings.ts";
import type { Link, ListedAddress, ListedRoute } from "./listed.ts";
import { isSayable } from "./reference.ts";
import { isOwnRoute } from "./route_words.ts";

/** A device of the host as it was. */
export interface Snapshot {
  /** Milliseconds since 1970: lifetimes of addresses and routes run on. */
  taken: number;
  name: string;
  ifindex: number;
  /** "tun" for a tap; undefined for what drivers bring. */
  kind?: string;
  /** How a tap was made; of other kinds that we make anew, nothing. */
  tap?: { mode: string; flags: string[]; user?: string; group?: string };
  mac?: string;
  /** The MAC address that it was made with; of those with a driver, as the kernel gives the others none. */
  permaddr?: string;
  settings: LinkSettings;
  altnames: string[];
  up: boolean;
  master?: string;
  addresses: ListedAddress[];
  routes: ListedRoute[];
  neighbours: { address: string; mac: string }[];
  sysctls: DeviceSysctls;
}

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
    taken: Date.now(),
    name: link.ifname,
    ifindex: link.ifindex,
    kind: link.linkinfo?.info_kind,
    tap: link.linkinfo?.info_kind === "tun" ? tapOf(link.linkinfo.info_data ?? {}) : undefined,
    mac: link.address,
    permaddr: permanentAddress(link),
    settings: settingsOf(link),
    altnames: (link.altnames ?? []).filter(isSayable),
    up,
    master: link.master,
    addresses: (link.addr_info ?? []).filter(isOwnAddress),
    routes: up ? (await ip.routes(link.ifname)).filter(isOwnRoute) : [],
    neighbours: neighbours.flatMap(({ dst, lladdr }) => lladdr ? [{ address: dst, mac: lladdr }] : []),
    sysctls: readSysctls(host, link.ifname),
  };
}

/**
 * Gets the MAC address that a device with a driver was made with, which nobody can change; `ip` lists one that
 * differs.
 */
export function permanentAddress({ address, permaddr, linkinfo }: Link): string | undefined {
  return permaddr ?? (linkinfo?.info_kind === undefined ? address : undefined);
}

function tapOf(data: Record<string, unknown>): Snapshot["tap"] {
  const flags = ["multi_queue", "vnet_hdr", "pi"].filter((flag) => data[flag] === true);
  const text = (value: unknown) => value === undefined ? undefined : String(value);
  return { mode: String(data.type ?? "tap"), flags, user: text(data.user), group: text(data.group) };
}

/** Commands that make a device of a kind that vanishes with its namespace, as long as the kernel can make one. */
export function remaking({ name, kind, tap }: Snapshot): IpCommand[] | undefined {
  if (kind === "dummy" || kind === "ifb") return [["link", "add", "dev", name, "type", kind]];
  if (kind !== "tun" || !tap) return undefined;
  const owner = [...tap.user ? ["user", tap.user] : [], ...tap.group ? ["group", tap.group] : []];
  return [["tuntap", "add", "dev", name, "mode", tap.mode, ...owner, ...tap.flags]];
}
