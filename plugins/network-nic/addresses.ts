/** IP addresses and networks as numbers, so that one can be looked for in the other. */

/** An address. */
export interface Address {
  family: 4 | 6;
  value: bigint;
}

/** An address with the length of its network: 10.0.0.2/24. */
export interface AddressRange extends Address {
  /** Bits of the network's part. */
  length: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Parses an address; undefined where the text is none. */
export function parseAddress(text: string): Address | undefined {
  const value = text.includes(":") ? parseSix(text) : parseFour(text);
  return value === undefined ? undefined : { family: text.includes(":") ? 6 : 4, value };
}

/**
 * Parses an address, a slash and a length; undefined where the text is not that.
 *
 * @example
 * ```ts
 * import { parseNetwork } from "./addresses.ts";
 * parseNetwork("10.0.0.2/24")?.length; // 24
 * ```
 */
export function parseNetwork(text: string): AddressRange | undefined {
  const [, host, digits] = text.match(/^([^/]+)\/(0|[1-9]\d{0,2})$/) ?? [];
  const address = host === undefined ? undefined : parseAddress(host);
  const length = Number(digits);
  return address && length <= BITS[address.family] ? { ...address, length } : undefined;
}

/** Whether the whole of `inner` is in `range`; for an address with its network, whether the address is. */
export function contains(range: AddressRange, inner: Address): boolean {
  if (range.family !== inner.family) return false;
  const rest = BigInt(BITS[range.family] - range.length);
  return range.value >> rest === inner.value >> rest;
}

/**
 * What an address means to its whole network; undefined where it can be a device's. Networks of two addresses or one
 * have no such (RFC 3021, RFC 6164), and IPv6 has no broadcast.
 */
export function whatOfNetwork({ family, value, length }: AddressRange): string | undefined {
  const rest = BigInt(BITS[family] - length);
  if (rest < 2n) return undefined;
  const last = (1n << rest) - 1n;
  const own = value & last;
  if (own === 0n) {
    return family === 4 ? "the address of the network itself" : "the address of all its routers";
  }
  return family === 4 && own === last ? "the network's broadcast address" : undefined;
}

/** Whether two texts, each with or without a length, are one address. */
export function sameAddress(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => parseAddress(text.split("/")[0]!));
  return a !== undefined && b !== undefined && a.family === b.family && a.value === b.value;
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  // A leading zero means octal to some readers.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => value << 8n | BigInt(part), 0n);
}

function parseSix(text: string): bigint | undefined {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const [left, right] = sides.map(groupsOf);
  if (!left || (sides.length === 2 && !right)) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array(missing).fill(0n), ...right ?? []];
  return groups.reduce((value, group) => value << 16n | group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(side: string): bigint[] | undefined {
  if (side === "") return [];
  const groups: bigint[] = [];
  const words = side.split(":");
  for (const [index, word] of words.entries()) {
    const four = index === words.length - 1 && word.includes(".") ? parseFour(word) : undefined;
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(word)) groups.push(BigInt(`0x${word}`));
    else return undefined;
  }
  return groups;
}
