/**
 * What we did to the host for a container, kept until it is taken back: the container, its namespace, and of every
 * device what it was before.
 *
 * It is kept before anything is done. From then on a namespace in /run/netns holds the container's network alive, so
 * that no device dies with it, however the container ends.
 */
import type { Json, PluginHost } from "container-hooks/plugin";
import { hasShape } from "./attachment_shape.ts";
import type { DeviceRequest } from "./request.ts";
import type { Snapshot } from "./snapshot.ts";

/** What `plan` decided, for the handlers. */
export interface Carry {
  /** 32 hexadecimal digits of this container's own. */
  key: string;
  requests: DeviceRequest[];
  /** Devices that the runtime has moved, as they were before. */
  moved: Snapshot[];
}

/** One device of an attachment. */
export interface AttachedDevice {
  request: DeviceRequest;
  /** What it was on the host, where it is one of the host's. */
  was?: Snapshot;
  /** Its number in the container, noted once it was there: nobody can change it. */
  ifindex?: number;
  /** Taken back, while others of the attachment could not be: from then on it is the host's, or another container's. */
  returned?: boolean;
  /** Name of a pair's end on the host. */
  hostEnd?: string;
  /** That end's number, noted once it was there: its name can be another device's by the time we are back. */
  hostIndex?: number;
}

/** A container that uses the devices: the one that asked, and others of its namespace that asked for the same. */
export interface Holder {
  /** The key of its plan, 32 hexadecimal digits. */
  key: string;
  id: string;
  /** Its first process. */
  pid: number;
}

/** Devices that one container was given. */
export interface Attachment {
  /** The key of the container that asked, under which this is kept, too. */
  key: string;
  /** Milliseconds since 1970. */
  since: number;
  /** The network namespace as the kernel calls it: `net:[4026532179]`. */
  namespace: string;
  /** Its name in /run/netns. */
  pin: string;
  holders: Holder[];
  /** The devices that are, or are about to be, in the container. */
  devices: AttachedDevice[];
  /** Whether all of them have been there, so that what is called like one of them inside is that one. */
  placed: boolean;
}

/** What is kept, the oldest first, but for what {@linkcode misshapen} names. */
export function attachments(host: Pick<PluginHost, "kept">): Attachment[] {
  return Object.values<unknown>(host.kept()).filter(isAttachment).sort((a, b) => a.since - b.since);
}

/** Names of what is kept and is no attachment: somebody has written there. */
export function misshapen(host: Pick<PluginHost, "kept">): string[] {
  return Object.entries(host.kept()).filter(([, value]) => !isAttachment(value)).map(([name]) => name);
}

function isAttachment(value: unknown): value is Attachment {
  return hasShape(value);
}

/** Writes an attachment as it is kept. */
export function asJson(attachment: Attachment): Json {
  return JSON.parse(JSON.stringify(attachment));
}

/** Names the namespace of a container in /run/netns. */
export function pinOf(key: string): string {
  return `container-hooks-${key.slice(0, 12)}`;
}

/**
 * Whether the pin is there, and holds the namespace: a kill can leave the file that the namespace was to be mounted
 * on, which has no mode.
 */
export function pinState(host: Pick<PluginHost, "lstat">, pin: string): "none" | "file" | "holds" {
  const status = host.lstat(`/run/netns/${pin}`);
  if (!status) return "none";
  return status.mode === 0 ? "file" : "holds";
}

/** Gets the network namespace of a process; undefined where there is none any more. */
export function namespaceOf(host: Pick<PluginHost, "readLink">, pid: number | "self"): string | undefined {
  try {
    return host.readLink(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Holders whose process is there and in the namespace: the number of a process is given again, the pair is not. */
export function livingHolders(
  host: Pick<PluginHost, "readLink">,
  { holders, namespace }: Attachment,
): Holder[] {
  return holders.filter(({ pid }) => namespaceOf(host, pid) === namespace);
}

/** Finds who has a device of the host; undefined where it is nobody. */
export function holderOf(all: readonly Attachment[], device: string): Attachment | undefined {
  return all.find(({ devices }) => devices.some(({ was, returned }) => !returned && was?.name === device));
}
