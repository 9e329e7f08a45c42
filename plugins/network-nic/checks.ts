/** What can be told to be wrong before anything is done. */
import { sameAddress } from "./addresses.ts";
import { type Attachment, holderOf } from "./attachment.ts";
import type { Link } from "./listed.ts";
import type { DeviceRequest } from "./request.ts";

/** What there is. */
export interface NetworkSurroundings {
  /** Devices of the host. */
  outside: readonly Link[];
  /** Devices of the container's namespace. */
  inside: readonly Link[];
  /** The attachments of containers that live. */
  attachments: readonly Attachment[];
}

/** Why the requests cannot be done, the first reason of each. */
export function conflicts(requests: readonly DeviceRequest[], around: NetworkSurroundings): string[] {
  return requests.flatMap((request) =>
    missingDevice(request, around) ?? takenName(request, around) ?? takenAddress(request, around) ?? []
  );
}

/** Names of devices that must be on the host. */
export function neededDevices({ source }: DeviceRequest): string[] {
  switch (source.kind) {
    case "device":
      return [source.host];
    case "macvlan":
      return [source.parent];
    case "pair":
      return source.bridge === undefined ? [] : [source.bridge];
  }
}

/** Gets the sentence for a device that is not on the host. */
export function missing(device: string, attachments: readonly Attachment[]): string {
  const holder = holderOf(attachments, device);
  if (!holder) return `device ${device} does not exist on this host`;
  const since = new Date(holder.since).toISOString();
  return `device ${device} is taken by container ${holder.holders[0]?.id} since ${since}`;
}

function missingDevice(
  request: DeviceRequest,
  { outside, attachments }: NetworkSurroundings,
): string | undefined {
  const { source } = request;
  const absent = neededDevices(request).find((name) => !outside.some(({ ifname }) => ifname === name));
  if (absent !== undefined) return missing(absent, attachments);
  if (source.kind === "pair" && source.bridge !== undefined) {
    const kind = outside.find(({ ifname }) => ifname === source.bridge)?.linkinfo?.info_kind;
    if (kind !== "bridge") return `${source.bridge} is no bridge`;
  }
  if (source.kind === "pair" && outside.some(({ ifname }) => ifname === source.peer)) {
    return `the name ${source.peer} for the host end is taken on this host`;
  }
  return undefined;
}

function takenName({ name }: DeviceRequest, { inside }: NetworkSurroundings): string | undefined {
  return inside.some(({ ifname }) => ifname === name)
    ? `the name ${name} is taken inside the container`
    : undefined;
}

/**
 * An address is in use where the container has it already, the bridge or parent has it, or another container was
 * given it on the same one.
 */
function takenAddress(request: DeviceRequest, around: NetworkSurroundings): string | undefined {
  const segment = segmentOf(request);
  for (const address of request.addresses) {
    const within = around.inside.find((link) => hasAddress(link, address));
    if (within) return `address ${address} is in use inside the container, by ${within.ifname}`;
    const outside = around.outside.find((link) => link.ifname === segment && hasAddress(link, address));
    if (outside) return `address ${address} is in use on this host, by ${outside.ifname}`;
    for (const { holders, devices } of around.attachments) {
      const other = devices.find((device) =>
        segment !== undefined && segmentOf(device.request) === segment &&
        device.request.addresses.some((given) => sameAddress(given, address))
      );
      if (other) return `address ${address} is in use by container ${holders[0]?.id}, on ${segment}`;
    }
  }
  return undefined;
}

/** The bridge or parent through which a device reaches others. */
function segmentOf({ source }: DeviceRequest): string | undefined {
  if (source.kind === "pair") return source.bridge;
  return source.kind === "macvlan" ? source.parent : undefined;
}

function hasAddress({ addr_info = [] }: Link, address: string): boolean {
  return addr_info.some(({ local }) => local !== undefined && sameAddress(local, address));
}
