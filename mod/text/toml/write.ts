/** Keys and values as text of TOML. */

/** A value of TOML that we write. */
export type TomlValue = string | boolean | number | bigint | readonly TomlValue[] | {
  readonly [key: string]: TomlValue;
};

/**
 * Writes a key from the outermost table inwards, as it is written in a header or before `=`.
 *
 * @example
 * ```ts
 * import { writeKey } from "./write.ts";
 * writeKey(["plugins", "io.containerd.grpc.v1.cri"]); // 'plugins."io.containerd.grpc.v1.cri"'
 * ```
 */
export function writeKey(path: readonly string[]): string {
  return path.map((word) => /^[A-Za-z0-9_-]+$/.test(word) ? word : writeString(word)).join(".");
}

/** Writes a value on one line. */
export function writeValue(value: TomlValue): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Array) return `[${value.map(writeValue).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${writeKey([key])} = ${writeValue(inner)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** A whole number that JavaScript writes with an exponent is one that it cannot hold exactly: a float. */
function writeNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value);
}

/** JSON's escapes are TOML's; DEL alone JSON lets through. */
function writeString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
