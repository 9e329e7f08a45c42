/** What the administrator lets containers ask for; what config.toml itself asks for is not held against it. */
import { contains, parseNetwork } from "./addresses.ts";
import type { DeviceRequest } from "./request.ts";

/** The plugin's options that are policy. Every list is empty by default: nothing may be asked for. */
export interface Policy {
  /** Names of host devices that may be moved; `*` stands for any letters and digits. */
  devices: readonly string[];
  /** Bridges that a pair may be put on. */
  bridges: readonly string[];
  /** Names that the host end of a pair may be given. */
  peers: readonly string[];
  /** Devices that a macvlan may be made on. */
  parents: readonly string[];
  /** Networks that addresses may be of. */
  addresses: readonly string[];
  /** Whether a MAC address may be chosen: on a bridge it may be somebody else's. */
  mac: boolean;
}

/** Why a request is not allowed, one sentence for each thing. */
export function refusals(request: DeviceRequest, policy: Policy): string[] {
  const { source } = request;
  const refused: string[] = [];
  const must = (option: string, what: string, name: string, allowed: readonly string[]) => {
    if (!allowed.some((pattern) => matches(pattern, name))) {
      refused.push(`${what} ${name} may not be asked for (option ${option} of network-nic)`);
    }
  };
  if (source.kind === "device") must("allow-devices", "device", source.host, policy.devices);
  if (source.kind === "macvlan") must("allow-parents", "parent", source.parent, policy.parents);
  if (source.kind === "pair") {
    if (source.bridge !== undefined) must("allow-bridges", "bridge", source.bridge, policy.bridges);
    if (source.peer !== undefined) must("allow-peers", "host end", source.peer, policy.peers);
  }
  const ranges = policy.addresses.map(parseNetwork);
  for (const text of request.addresses) {
    const address = parseNetwork(text)!;
    if (!ranges.some((range) => range && contains(range, address))) {
      refused.push(`address ${text} may not be asked for (option allow-addresses of network-nic)`);
    }
  }
  if (request.mac !== undefined && !policy.mac) {
    refused.push(`MAC address ${request.mac} may not be asked for (option allow-mac of network-nic)`);
  }
  return refused;
}

/** `*` alone is special: administrators write names of devices, not patterns. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.split("*").map((text) => text.replace(/[^A-Za-z0-9_]/g, "\\$&")).join(
    "[A-Za-z0-9]*",
  );
  return new RegExp(`^${escaped}$`).test(name);
}
