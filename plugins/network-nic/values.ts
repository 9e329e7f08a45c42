/** Single values of a request. Each ends up as a word of a line for `ip`, so nothing passes that is not known. */
import { parseAddress, parseNetwork, whatOfNetwork } from "./addresses.ts";

/** An error about one value that is not as it must be; the caller adds which request it is of. */
export class ValueError extends Error {}

/** Names that the kernel or `ip` takes for something else. */
const RESERVED = ["lo", "all", "default", "dev", "."];

/**
 * Takes the name of a network device. The kernel takes more characters; these are the ones that are plain words for
 * `ip` and for the folders of /proc/sys.
 */
export function deviceName(text: string): string {
  if (text.length > 15) {
    throw new ValueError(
      `the device name ${show(text)} has ${text.length} characters, and the kernel takes 15`,
    );
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text)) {
    throw new ValueError(`${show(text)} is no device name; use letters, digits, _ - and .`);
  }
  if (RESERVED.includes(text)) throw new ValueError(`the device name ${show(text)} has a meaning of its own`);
  return text;
}

export function macAddress(text: string): string {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new ValueError(`${show(text)} is no MAC address such as 02:00:00:00:00:01`);
  }
  if (parseInt(text.slice(0, 2), 16) % 2 === 1) {
    throw new ValueError(`the MAC address ${text} is for many receivers; its first byte must be even`);
  }
  return text.toLowerCase();
}

export function wholeNumber(text: string, what: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < minimum || value > maximum) {
    throw new ValueError(`${what} ${show(text)} is no whole number from ${minimum} to ${maximum}`);
  }
  return value;
}

export function yesOrNo(text: string, what: string): boolean {
  if (/^(yes|true|1)$/.test(text)) return true;
  if (/^(no|false|0)$/.test(text)) return false;
  throw new ValueError(`${what} is ${show(text)}; it takes yes or no`);
}

/** Takes an address with its network's length, as given. */
export function addressInNetwork(text: string): string {
  if (!parseNetwork(text)) {
    throw new ValueError(`${show(text)} is no address with a length such as 10.0.0.2/24 or fd00::2/64`);
  }
  return text;
}

/** Reads an address for a device to have. */
export function hostAddress(text: string): string {
  const what = whatOfNetwork(parseNetwork(addressInNetwork(text))!);
  if (what === undefined) return text;
  throw new ValueError(`${show(text)} is ${what}, which no device can have; use another one of it`);
}

export function plainAddress(text: string): string {
  if (!parseAddress(text)) throw new ValueError(`${show(text)} is no IP address`);
  return text;
}

/** Parses a setting of the device alone: "ipv4.rp_filter=0" or "ipv6.disable_ipv6=1". */
export function deviceSysctl(text: string): { key: string; value: string } {
  const [, key, value] = text.match(/^(ipv[46]\.[a-z][a-z0-9_]{0,40})=(-?\d{1,10})$/) ?? [];
  if (key === undefined || value === undefined) {
    throw new ValueError(`${show(text)} is no setting of a device such as ipv4.rp_filter=0`);
  }
  return { key, value };
}

/** Shows a text on one line, cut, with whatever could leave the line escaped. */
export function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
