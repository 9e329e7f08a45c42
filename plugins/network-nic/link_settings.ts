/** What a device itself is set to, without its addresses: read from a listing, and set back. */
import type { IpCommand } from "./batch.ts";
import type { Link } from "./listed.ts";
import { isSayable } from "./reference.ts";

/** Values by the words that `ip link set` calls the settings. */
export type LinkSettings = Record<string, string>;

/** Where a listing has them; undefined where a device has none. */
const READERS: Record<string, (link: Link) => string | undefined> = {
  address: ({ address }) => address,
  mtu: ({ mtu }) => String(mtu),
  txqueuelen: ({ txqlen }) => txqlen === undefined ? undefined : String(txqlen),
  group: ({ group }) => group,
  alias: ({ ifalias = "" }) => ifalias,
  protodown: ({ proto_down = false }) => onOff(proto_down),
  arp: ({ flags }) => onOff(!flags.includes("NOARP")),
  multicast: ({ flags }) => onOff(flags.includes("MULTICAST")),
  allmulticast: ({ flags }) => onOff(flags.includes("ALLMULTI")),
  promisc: ({ flags }) => onOff(flags.includes("PROMISC")),
  dynamic: ({ flags }) => onOff(flags.includes("DYNAMIC")),
  trailers: ({ flags }) => onOff(!flags.includes("NOTRAILERS")),
};

function onOff(value: boolean): string {
  return value ? "on" : "off";
}

/** Reads all settings of a device. */
export function settingsOf(link: Link): LinkSettings {
  return Object.fromEntries(
    Object.entries(READERS).flatMap(([word, read]) => {
      const value = read(link);
      return value === undefined ? [] : [[word, value]];
    }),
  );
}

/**
 * Commands that make a device, which is down, what it was; only for what differs, as not every driver takes every
 * one.
 *
 * @param name what it is called by now
 * @param now what it is, by whatever name
 */
export function settingBack(
  name: string,
  was: { settings: LinkSettings; altnames: readonly string[] },
  now: Link,
): IpCommand[] {
  const set = (...words: string[]): IpCommand => ["link", "set", "dev", name, ...words];
  const current = settingsOf(now);
  const differing = Object.entries(was.settings).filter(([word, value]) => current[word] !== value);
  return [
    ...now.xdp === undefined ? [] : [set("xdpgeneric", "off"), set("xdpdrv", "off")],
    // As long as there is a reason, it stays down.
    ...(now.proto_down_reason ?? []).map((reason) => set("protodown_reason", reason, "off")),
    ...differing.map(([word, value]) => set(word, value)),
    ...forgettingNames(name, now, was.altnames),
    ...was.altnames.filter((altname) => !now.altnames?.includes(altname))
      .map((altname) => namingToo("add", name, altname)),
  ];
}

/** Commands that take alternative names away, but for those that may stay. */
export function forgettingNames(
  word: string,
  { altnames = [] }: Link,
  staying: readonly string[] = [],
): IpCommand[] {
  return altnames.filter((altname) => isSayable(altname) && !staying.includes(altname))
    .map((altname) => namingToo("del", word, altname));
}

function namingToo(what: "add" | "del", word: string, altname: string): IpCommand {
  return ["link", "property", what, "dev", word, "altname", altname];
}
