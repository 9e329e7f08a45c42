/** The network namespace that config.json gives a container, and whether we may reach into it. */
import type { Container, PluginHost } from "container-hooks/plugin";

/** "own": made for it; "joined": one that is there already; "host": none of its own. */
export type NetworkKind = "own" | "joined" | "host";

/** Tells the kind of network by the field `linux` of config.json. */
export function networkOf(linux: Readonly<Record<string, unknown>>): NetworkKind {
  const namespaces = Array.isArray(linux.namespaces) ? linux.namespaces as Record<string, unknown>[] : [];
  const network = namespaces.find((namespace) => namespace?.type === "network");
  if (!network) return "host";
  return typeof network.path === "string" && network.path !== "" ? "joined" : "own";
}

/**
 * Whether the engine gives the container its network only after create: docker from 28 on. Before that it has a hook
 * at prestart, which stands before ours.
 */
export function networkComesLater(
  { engine, linux, hooks }: Pick<Container, "engine" | "linux" | "hooks">,
): boolean {
  const byHook = hooks.prestart?.some(({ args = [] }) => args.includes("libnetwork-setkey")) ?? false;
  return engine === "docker" && networkOf(linux) === "own" && !byHook;
}

/** Bits of a process's capabilities, by their numbers in capability.h. */
const NEEDED = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n };
/** A map of all users onto themselves: no user namespace, or none that matters. */
const WHOLE = /^\s*0\s+0\s+4294967295\s*$/;

/** What to do where it may not. */
export const POWER = "run the engine as root of the host, with these capabilities";

/** Why this process may not touch network devices; undefined where it may. */
export function whyPowerless(host: Pick<PluginHost, "readTextFile">): string | undefined {
  if (!WHOLE.test(host.readTextFile("/proc/self/uid_map"))) {
    return "network devices of the host cannot be given away rootless: the kernel lets root of the host alone do it";
  }
  const [, effective = "0"] = host.readTextFile("/proc/self/status").match(/^CapEff:\s*([0-9a-f]+)$/m) ?? [];
  const has = BigInt(`0x${effective}`);
  const lacking = Object.entries(NEEDED).filter(([, bit]) => (has >> bit & 1n) === 0n).map(([name]) => name);
  if (lacking.length === 0) return undefined;
  return `the runtime runs without ${lacking.join(" and ")}, which giving network devices away takes`;
}
