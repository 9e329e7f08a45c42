/**
 * Reading an engine's records: only what root alone could have written, bounded in size, and never fatal.
 *
 * A record that is missing, broken or not trusted leaves a gap in the identity and a note that says why. What
 * to make of the gap is for the plugin that needed it: a gate denies, others go on.
 */
import { decodeJson, parseJson } from "../text/json/json_text.ts";
import { Failure, quote } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** Bytes. podman's containers.json takes some 500 per container, so this is about 16 000 of them. */
export const RECORD_LIMIT = 8 * 1024 * 1024;

/** Engines replace records by rename; one that is exchanged while being opened is simply read again. */
const ATTEMPTS = 5;

/**
 * Gets the parsed content of a record; undefined, with a note, where it cannot be used. One that is missing leaves
 * no note: the caller knows what its absence means.
 */
export function readRecord(host: Host, path: string, what: string, notes: string[]): unknown {
  const bytes = readAgain(host, path, what, notes);
  if (!bytes) return undefined;
  try {
    return parseJson(decodeJson(bytes, what), what);
  } catch {
    notes.push(`${what} ${quote(path)} is not JSON`);
    return undefined;
  }
}

function readAgain(host: Host, path: string, what: string, notes: string[]): Uint8Array | undefined {
  for (let attempt = 1;; attempt++) {
    try {
      return readTrusted(host, path, what, RECORD_LIMIT).bytes;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "file-missing") return undefined;
      if (error.code === "file-changed" && attempt < ATTEMPTS) continue;
      notes.push(error.what);
      return undefined;
    }
  }
}

/** Why something is not known: what went wrong with the records, or what is always so. */
export function whyOf(notes: readonly string[], otherwise: string): string {
  return notes.length > 0 ? notes.join("; ") : otherwise;
}

/** Gets a field of something parsed; undefined where there is no object or no such field. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** Gets a field's text; undefined where it is missing, empty or something else. */
export function textField(value: unknown, name: string): string | undefined {
  const text = field(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** Gets the pairs of text in an object, as labels are; empty where it is none. */
export function textPairs(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(pairs);
}

/** Gets the texts of an array; empty where it is none. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/** Picks the labels that the image does not have, or has with another value. */
export function labelsBesides(
  image: Record<string, string>,
  labels: Record<string, string>,
): Record<string, string> {
  const own = Object.entries(labels).filter(([key, value]) =>
    !Object.hasOwn(image, key) || image[key] !== value
  );
  return Object.fromEntries(own);
}
