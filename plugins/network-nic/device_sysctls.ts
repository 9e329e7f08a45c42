/** Settings of a device below /proc/sys/net that administrators change; they are new ones once it has been away. */
import type { PluginHost } from "container-hooks/plugin";

type Files = Pick<PluginHost, "lstat" | "readTextFile">;

/** "ipv4/conf/tap0/rp_filter" and its value. */
export type DeviceSysctls = Record<string, string>;

const SYSCTLS = {
  ipv4: ["forwarding", "rp_filter", "proxy_arp", "arp_ignore", "arp_announce", "accept_local"],
  ipv6: ["disable_ipv6", "accept_ra", "autoconf", "forwarding", "addr_gen_mode", "proxy_ndp"],
};

/** What they are now; the device need not have all of them. */
export function readSysctls(host: Files, name: string): DeviceSysctls {
  const found: DeviceSysctls = {};
  for (const [family, keys] of Object.entries(SYSCTLS)) {
    for (const key of keys) {
      const setting = `${family}/conf/${name}/${key}`;
      const path = `/proc/sys/net/${setting}`;
      if (host.lstat(path)) found[setting] = host.readTextFile(path).trim();
    }
  }
  return found;
}

/** Lists the settings that are others now, as words for sysctl. */
export function changedSysctls(host: Files, name: string, was: DeviceSysctls): string[] {
  const now = readSysctls(host, name);
  return Object.entries(was)
    .filter(([setting, value]) => now[setting] !== undefined && now[setting] !== value)
    .map(([setting, value]) => `net/${setting}=${value}`);
}
