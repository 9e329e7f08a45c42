/** What `ip -json` lists, as far as we look at it. */

/** An address. */
export interface ListedAddress {
  family: string;
  local: string;
  prefixlen: number;
  scope: string;
  /** The other end of a point-to-point address. */
  address?: string;
  broadcast?: string;
  label?: string;
  /** The metric of the route that comes with it. */
  metric?: number;
  /** Seconds; {@linkcode FOREVER} for those that do not end. */
  valid_life_time?: number;
  preferred_life_time?: number;
  /** Who made it: "kernel_ll" for a link-local one of the kernel's. */
  protocol?: string;
  temporary?: boolean;
  tentative?: boolean;
  noprefixroute?: boolean;
  mngtmpaddr?: boolean;
  home?: boolean;
  nodad?: boolean;
  optimistic?: boolean;
  autojoin?: boolean;
}

/** The lifetime of an address that does not end. */
export const FOREVER = 4294967295;

/** A device, by `ip -details -json address`. */
export interface Link {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  txqlen?: number;
  /** Number of a pair's other end, where that is in another namespace. */
  link_index?: number;
  /** MAC address. */
  address?: string;
  /** The one that it was made with, where that is another. */
  permaddr?: string;
  master?: string;
  group?: string;
  ifalias?: string;
  altnames?: string[];
  proto_down?: boolean;
  /** Who holds it down: numbers, or names of /etc/iproute2. */
  proto_down_reason?: string[];
  /** A program that looks at every packet. */
  xdp?: unknown;
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> };
  addr_info?: ListedAddress[];
}

/** Where a route leads to. */
export interface Hop {
  gateway?: string;
  /** A gateway of the other family. */
  via?: { family: string; host: string };
  dev?: string;
  weight?: number;
  flags?: string[];
}

/** A route. */
export interface ListedRoute extends Hop {
  /** Which listing it was in: "default" is of both. */
  family: "-4" | "-6";
  type?: string;
  dst: string;
  protocol?: string;
  scope?: string;
  prefsrc?: string;
  metric?: number;
  table?: string | number;
  tos?: string;
  /** Preference of an IPv6 route. */
  pref?: string;
  /** Seconds. */
  expires?: number;
  /** One object with "mtu", "advmss" and others. */
  metrics?: Record<string, unknown>[];
  /** How packets are wrapped; the rest of what says so is as different as the ways are. */
  encap?: string;
  /** The hops of a route by way of several. */
  nexthops?: Hop[];
}

/** A neighbour. */
export interface ListedNeighbour {
  dst: string;
  lladdr?: string;
  state: string[];
}
