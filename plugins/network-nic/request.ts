/**
 * What a container asks for: one network device, written as
 *
 *     host=tap0,address=10.0.0.2/24,default=10.0.0.1
 *
 * The words of each setting are those of the README's table.
 */
import {
  addressInNetwork,
  deviceName,
  deviceSysctl,
  hostAddress,
  macAddress,
  plainAddress,
  show,
  ValueError,
  wholeNumber,
  yesOrNo,
} from "./values.ts";

/** Where the device comes from. */
export type DeviceSource =
  /** A device of the host, moved and renamed. */
  | { kind: "device"; host: string }
  /** A new pair, one end in the container; the other on a bridge, or left alone. */
  | { kind: "pair"; bridge?: string; peer?: string }
  | { kind: "macvlan"; parent: string; mode: string };

/** A route to "default" or a network, by way of a gateway or directly. */
export interface Route {
  to: string;
  via?: string;
  metric?: number;
}

/** One device as it is to be in the container. */
export interface DeviceRequest {
  /** Its name in the container. */
  name: string;
  source: DeviceSource;
  mac?: string;
  /** Bytes. */
  mtu?: number;
  /** Packets of the transmit queue. */
  queue?: number;
  up: boolean;
  /** Addresses with the length of their network. */
  addresses: string[];
  routes: Route[];
  neighbours: { address: string; mac: string }[];
  /** "ipv4.rp_filter" and its value. */
  sysctls: { key: string; value: string }[];
}

/** Limits of an MTU: 68 is the least that IPv4 works with; 65535 the most that a device can have. */
const MTU = { minimum: 68, maximum: 65535 };
/** What IPv6 works with at least. */
const MTU_SIX = 1280;
const METRIC = 4294967295;
const MODES = ["bridge", "private", "vepa", "passthru"];
/** Characters of a whole request, and settings in it. */
const LIMIT = 4096;

type Setting = (draft: Draft, value: string) => void;

/** A request that is being read. */
interface Draft extends Omit<DeviceRequest, "source"> {
  host?: string;
  bridge?: string;
  peer?: string;
  parent?: string;
  mode?: string;
}

/** Settings that may stand once. */
const SINGLE: Record<string, Setting> = {
  host: (draft, value) => draft.host = deviceName(value),
  bridge: (draft, value) => draft.bridge = deviceName(value),
  peer: (draft, value) => draft.peer = deviceName(value),
  macvlan: (draft, value) => draft.parent = deviceName(value),
  mode: (draft, value) => draft.mode = macvlanMode(value),
  mac: (draft, value) => draft.mac = macAddress(value),
  mtu: (draft, value) => draft.mtu = wholeNumber(value, "mtu", MTU.minimum, MTU.maximum),
  queue: (draft, value) => draft.queue = wholeNumber(value, "queue", 0, 1_000_000),
  up: (draft, value) => draft.up = yesOrNo(value, "up"),
};

/** Settings that add up. */
const REPEATED: Record<string, Setting> = {
  address: (draft, value) => draft.addresses.push(hostAddress(value)),
  route: (draft, value) => draft.routes.push(route(value)),
  default: (draft, value) => draft.routes.push(route(`default via ${value}`)),
  neighbour: (draft, value) => draft.neighbours.push(neighbour(value)),
  sysctl: (draft, value) => draft.sysctls.push(deviceSysctl(value)),
};

/**
 * Reads a request.
 *
 * @param name the device's name in the container
 * @throws {ValueError} with what is wrong with it
 *
 * @example
 * ```ts
 * import { parseRequest } from "./request.ts";
 * parseRequest("myTap", "host=tap0,address=10.0.0.2/24").source; // { kind: "device", host: "tap0" }
 * ```
 */
export function parseRequest(name: string, text: string): DeviceRequest {
  if (text.length > LIMIT) throw new ValueError(`the request is longer than ${LIMIT} characters`);
  const draft: Draft = {
    name: deviceName(name),
    up: true,
    addresses: [],
    routes: [],
    neighbours: [],
    sysctls: [],
  };
  const seen = new Set<string>();
  // Podman takes a comma for the end of an annotation, so a semicolon does as well.
  for (const part of text.split(/[,;]/)) {
    const [key, value] = splitOnce(part.trim(), "=");
    if (value === undefined) throw new ValueError(`${show(part)} is no setting; write it as key=value`);
    if (Object.hasOwn(REPEATED, key)) REPEATED[key]!(draft, value);
    else if (!Object.hasOwn(SINGLE, key)) throw new ValueError(unknown(key));
    else if (seen.has(key)) throw new ValueError(`${key} stands there twice`);
    else SINGLE[key]!(draft, value);
    seen.add(key);
  }
  return complete(draft);
}

function unknown(key: string): string {
  return `${show(key)} is no setting; known are ${Object.keys({ ...SINGLE, ...REPEATED }).join(", ")}`;
}

function complete({ host, bridge, peer, parent, mode, ...rest }: Draft): DeviceRequest {
  const sources: DeviceSource[] = [];
  if (host !== undefined) sources.push({ kind: "device", host });
  if (bridge !== undefined || peer !== undefined) sources.push({ kind: "pair", bridge, peer });
  if (parent !== undefined) sources.push({ kind: "macvlan", parent, mode: mode ?? "bridge" });
  if (sources.length !== 1) {
    throw new ValueError(
      `it names ${sources.length} kinds of device; it takes one of host=, macvlan=, or bridge= and peer=`,
    );
  }
  if (mode !== undefined && parent === undefined) throw new ValueError("mode= is for macvlan= alone");
  if (!rest.up && rest.routes.length > 0) throw new ValueError("a device that is down has no routes");
  const six = [...rest.addresses, ...rest.routes.flatMap(({ to, via }) => [to, via ?? ""])].some((text) =>
    text.includes(":")
  );
  if (six && rest.mtu !== undefined && rest.mtu < MTU_SIX) {
    throw new ValueError(`mtu ${rest.mtu} is less than the ${MTU_SIX} that IPv6 needs`);
  }
  return { ...rest, source: sources[0]! };
}

/** Parses a route such as "10.1.0.0/16 via 10.0.0.1 metric 5", "10.1.0.0/16", "default via 10.0.0.1". */
function route(text: string): Route {
  const [to = "", ...words] = text.trim().split(/ +/);
  const route: Route = { to: to === "default" ? to : addressInNetwork(to) };
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1] ?? "";
    if (words[at] === "via" && route.via === undefined) route.via = plainAddress(value);
    else if (words[at] === "metric" && route.metric === undefined) {
      route.metric = wholeNumber(value, "metric", 1, METRIC);
    } else throw new ValueError(`${show(text)} is no route such as 10.1.0.0/16 via 10.0.0.1 metric 100`);
  }
  const family = (text: string) => text.includes(":");
  if (route.via !== undefined && to !== "default" && family(to) !== family(route.via)) {
    throw new ValueError(`the route ${show(text)} mixes IPv4 and IPv6`);
  }
  return route;
}

/** "10.0.0.9 02:00:00:00:00:09" */
function neighbour(text: string): { address: string; mac: string } {
  const [address = "", mac = ""] = splitOnce(text.trim(), " ");
  return { address: plainAddress(address), mac: macAddress(mac.trim()) };
}

function macvlanMode(text: string): string {
  if (MODES.includes(text)) return text;
  throw new ValueError(`mode is ${show(text)}; it takes one of ${MODES.join(", ")}`);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
