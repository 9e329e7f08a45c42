/** What the administrator lets containers ask for; what config.toml itself asks for is not held against it. */
import { contains, parseNetwork } from "./addresses.ts";
import type { NicOptions } from "./options.ts";
import type { DeviceRequest } from "./request.ts";

/** Options that hold patterns of names. */
type NameOption = "allow-devices" | "allow-bridges" | "allow-peers" | "allow-parents";

/**
 * Modes of macvlans that can be allowed. Not passthru: it takes every frame of the parent, which cuts the host off
 * that network, and hands the container's MAC address to the parent. It is for config.toml's `devices` alone.
 */
export const GRANTED_MODES = ["bridge", "private", "vepa"];

/** Why a request is not allowed, one sentence for each thing. */
export function refusals({ source, addresses, mac }: DeviceRequest, options: NicOptions): string[] {
  const refused: string[] = [];
  const refuse = (option: keyof NicOptions, what: string) =>
    refused.push(`${what} may not be asked for (option ${option} of network-nic)`);
  const must = (option: NameOption, what: string, name: string) => {
    if (!options[option].some((pattern) => matches(pattern, name))) refuse(option, `${what} ${name}`);
  };
  if (source.kind === "device") must("allow-devices", "device", source.host);
  if (source.kind === "macvlan") {
    must("allow-parents", "parent", source.parent);
    if (!options["allow-macvlan-modes"].includes(source.mode)) {
      refuse("allow-macvlan-modes", `macvlan mode ${source.mode}`);
    }
  }
  if (source.kind === "pair") {
    if (source.bridge !== undefined) must("allow-bridges", "bridge", source.bridge);
    if (source.peer !== undefined) must("allow-peers", "host end", source.peer);
  }
  const ranges = options["allow-addresses"].map(parseNetwork);
  for (const text of addresses) {
    const address = parseNetwork(text)!;
    if (!ranges.some((range) => range && contains(range, address))) {
      refuse("allow-addresses", `address ${text}`);
    }
  }
  if (mac !== undefined && !options["allow-mac"]) refuse("allow-mac", `MAC address ${mac}`);
  return refused;
}

/** Tells whether a name matches. `*` alone is special: administrators write names of devices, not patterns. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.split("*").map((text) => text.replace(/[^A-Za-z0-9_]/g, "\\$&")).join(
    "[A-Za-z0-9]*",
  );
  return new RegExp(`^${escaped}$`).test(name);
}
