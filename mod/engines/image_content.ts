/**
 * containerd's content store, which docker uses too: every blob lies under its hash, the image's configuration among
 * them.
 */
import type { Host } from "../host/host.ts";
import type { TaskPath } from "./bundle_path.ts";
import { imageId, type Labels } from "./identity.ts";
import { field, readRecord, textField, textPairs } from "./records.ts";

/** What an image is, as far as its blobs say it. */
export interface ImageContent {
  /** The hash of its configuration. */
  id: string;
  /** Absent where the configuration is not there. */
  labels?: Labels;
}

/**
 * containerd's root folder, where its records and blobs are: a link that it puts into each bundle leads below it.
 * Undefined where there is none.
 */
export function containerdRoot(host: Host, { folder }: TaskPath, id: string): string | undefined {
  const path = `${folder}/${id}/work`;
  if (host.lstat(path)?.kind !== "a symbolic link") return undefined;
  return /^(\/.+)\/io\.containerd\.runtime\.v2\.task\/[^/]+\/[^/]+$/.exec(host.readLink(path))?.[1];
}

/** Gets the blob of that digest below containerd's root, parsed; undefined, mostly with a note, where there is none. */
export function readBlob(host: Host, root: string, digest: string, what: string, notes: string[]): unknown {
  const hash = imageId(digest)?.replace("sha256:", "");
  if (hash === undefined) return undefined;
  const path = `${root}/io.containerd.content.v1.content/blobs/sha256/${hash}`;
  const blob = readRecord(host, path, what, notes);
  if (blob === undefined && notes.length === 0) notes.push(`${what} is not in the content store`);
  return blob;
}

/** Gets the labels in an image's configuration. */
export function labelsOfImage(config: unknown): Labels | undefined {
  return config === undefined ? undefined : textPairs(field(field(config, "config"), "Labels"));
}

/** Gets the image that the manifest of that digest is of. */
export function imageOfManifest(
  host: Host,
  root: string,
  digest: string,
  notes: string[],
): ImageContent | undefined {
  const manifest = readBlob(host, root, digest, "the image's manifest", notes);
  const id = imageId(textField(field(manifest, "config"), "digest"));
  if (id === undefined) {
    if (manifest !== undefined) notes.push("the image is a list of images, and which one it is, is unknown");
    return undefined;
  }
  return { id, labels: labelsOfImage(readBlob(host, root, id, "the image's configuration", notes)) };
}
