/** Bundles that somebody made and keeps: their config.json goes back to what it was before us. */
import { applyPatches, decodeJson } from "../text/json/json_text.ts";
import { Failure } from "../errors.ts";
import { type FileInFolder, readInFolder, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { listEntries } from "../state/journal.ts";
import { findOriginal, pathsOnRecord } from "../state/originals.ts";
import { sha256 } from "../core/sha256.ts";

/** Bytes; what a create accepts. */
const LIMIT = 16 * 1024 * 1024;

/** A config.json that holds what we wrote, and what it held before. */
export interface EditedBundle {
  /** The path of config.json. */
  path: string;
  found: FileInFolder;
  original: string;
}

/**
 * Bundles of no engine whose config.json is, to the byte, what we wrote.
 *
 * @param host Of the root.
 */
export async function editedBundles(host: Host): Promise<EditedBundle[]> {
  const plain = listEntries(host).filter(({ outcome, container }) =>
    outcome === "edited" && container.engine === "none"
  );
  const paths = [...new Set([...plain.map(({ config }) => config.path), ...pathsOnRecord(host)])];
  const found = await Promise.all(paths.map((path) => originalOf(host, path)));
  return found.filter((bundle) => bundle !== undefined);
}

async function originalOf(host: Host, path: string): Promise<EditedBundle | undefined> {
  const found = readIfThere(host, path);
  const original = found && await findOriginal(host, path, await sha256(found.bytes));
  if (!original) return undefined;
  return { path, found, original: applyPatches(decodeJson(found.bytes, path), original.inverse) };
}

function readIfThere(host: Host, path: string): FileInFolder | undefined {
  try {
    return readInFolder(host, path, "config.json", LIMIT);
  } catch (thrown) {
    // Gone, or something else by now: not what we wrote.
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** Writes the original back, with owner and mode as they are. @throws {Failure} file-unwritable */
export function restoreBundle(host: Host, { path, found: { status, folder }, original }: EditedBundle): void {
  replaceFile(host, path, "config.json", new TextEncoder().encode(original), {
    temporary: `${path}.${host.randomToken()}`,
    uid: status.uid,
    gid: status.gid,
    mode: status.mode & 0o777,
    durable: true,
    folder,
  });
}
