/** config.json of a bundle: found as it was before us, replaced as a whole. */
import {
  applyPatches,
  decodeJson,
  editJson,
  invertPatches,
  type JsonEdit,
  type JsonText,
  parseJsonObject,
  type TextPatch,
} from "../text/json/json_text.ts";
import { checkSpec } from "../core/check_spec.ts";
import type { Spec } from "../core/oci.ts";
import { readInFolder, replaceFile } from "../host/files.ts";
import type { FileStatus, Host } from "../host/host.ts";
import { findOriginal } from "../state/originals.ts";
import { sha256 } from "../core/sha256.ts";

/** Bytes; the largest that an engine was seen to write is below 1 MiB. */
const LIMIT = 16 * 1024 * 1024;

/** The config.json of a bundle, read and checked. */
export interface BundleConfig {
  path: string;
  status: FileStatus;
  /** The folder that it lies in. */
  folder: FileStatus;
  /** The original: where the file is what we wrote at an earlier create, what it was before that. */
  json: JsonText;
  spec: Spec;
  /** The text that is on disk now. */
  found: string;
  /** SHA-256 of the original. */
  hash: string;
}

/**
 * Reads config.json of a bundle, and takes our earlier edits back.
 *
 * @param original Finds what we wrote there before; the journal, which root alone can read.
 * @throws {Failure} where it is missing, no regular file, too large, or not the JSON of an object
 */
export async function readConfigFile(
  host: Host,
  path: string,
  original: typeof findOriginal = findOriginal,
): Promise<BundleConfig> {
  const { bytes, status, folder } = readInFolder(host, path, "config.json", LIMIT);
  const what = path;
  const found = decodeJson(bytes, what);
  const foundHash = await sha256(bytes);
  const earlier = await original(host, path, foundHash);
  const text = earlier ? applyPatches(found, earlier.inverse) : found;
  const json = parseJsonObject(text, what);
  return {
    path,
    status,
    folder,
    json,
    spec: checkSpec(json.value, what),
    found,
    hash: earlier ? earlier.before : foundHash,
  };
}

/** The text with its edits, and what takes them back. */
export interface EditedConfig {
  text: string;
  inverse: TextPatch[];
  hash: string;
}

/** Makes the edits in memory, and what takes them back. */
export async function editConfig(config: BundleConfig, edits: readonly JsonEdit[]): Promise<EditedConfig> {
  const { text, patches } = editJson(config.json, edits);
  return { text, inverse: invertPatches(config.json.text, patches), hash: await sha256(text) };
}

/**
 * Writes it, with the owner and mode of the one it replaces. Not flushed to the disk: a container does not
 * outlive a power cut.
 */
export function writeConfig(host: Host, config: BundleConfig, text: string, temporary: string): void {
  replaceFile(host, config.path, "config.json", new TextEncoder().encode(text), {
    temporary,
    uid: config.status.uid,
    gid: config.status.gid,
    // Set-id bits mean nothing there, and the folder may be somebody else's.
    mode: config.status.mode & 0o777,
    durable: false,
    folder: config.folder,
  });
}
