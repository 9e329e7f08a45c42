/**
 * The storage library that podman and CRI-O share: GRAPHROOT/DRIVER-containers/containers.json lists all
 * containers, each with a text of JSON that its engine gave, and GRAPHROOT/DRIVER-images the images.
 *
 * The list is the engine's own word. config.json is not: podman lets --annotation replace every annotation,
 * io.container.manager included, and CRI-O adds a pod's annotations after its own.
 */
import { absent, byEngine, unknown } from "../core/facts.ts";
import { parseJson } from "../text/json/json_text.ts";
import type { Host } from "../host/host.ts";
import type { StoragePath } from "./bundle_path.ts";
import { type ContainerIdentity, type EngineRoots, imageId, type Labels } from "./identity.ts";
import { field, readRecord, textField, textPairs, texts, whyOf } from "./records.ts";

const DEFAULT_ROOT = "/var/lib/containers/storage";

/** What the storage knows of one container. */
export interface StorageRecord {
  names: string[];
  imageId?: string;
  /** What the engine noted when it made the container, parsed. */
  metadata: unknown;
}

/** What the storage knows of one image. */
export interface StorageImage {
  names: string[];
  digest?: string;
  /** Absent where the image's configuration could not be read. */
  labels?: Labels;
}

/** Gets the entry of the container `id`; a container that goes with its boot or its end is in the volatile list. */
export function findContainer(
  host: Host,
  bundle: StoragePath,
  roots: EngineRoots,
  id: string,
  notes: string[],
): StorageRecord | undefined {
  for (const root of storageRoots(bundle, roots)) {
    for (const list of ["containers.json", "volatile-containers.json"]) {
      const path = `${root}/${bundle.driver}-containers/${list}`;
      const entry = entryOf(readRecord(host, path, "the list of containers", notes), id);
      if (entry === undefined) continue;
      return {
        names: texts(field(entry, "names")),
        imageId: imageId(textField(entry, "image")),
        metadata: parseMetadata(textField(entry, "metadata"), notes),
      };
    }
  }
  return undefined;
}

/** CRI-O notes the pod of each container; podman notes none. */
export function isOfCrio(record: StorageRecord): boolean {
  return textField(record.metadata, "pod-id") !== undefined;
}

/** Gets the entry of an image, with the labels from its configuration. */
export function findImage(
  host: Host,
  bundle: StoragePath,
  roots: EngineRoots,
  id: string | undefined,
  notes: string[],
): StorageImage | undefined {
  if (id === undefined) return undefined;
  const hash = id.replace("sha256:", "");
  for (const root of storageRoots(bundle, roots)) {
    const folder = `${root}/${bundle.driver}-images`;
    const entry = entryOf(readRecord(host, `${folder}/images.json`, "the list of images", notes), hash);
    if (entry === undefined) continue;
    // The library names a file by the base64 of its key where the key is no plain file name.
    const path = `${folder}/${hash}/=${btoa(`sha256:${hash}`)}`;
    const content = readRecord(host, path, "the image's configuration", notes);
    return {
      names: texts(field(entry, "names")),
      digest: textField(entry, "digest"),
      labels: content === undefined ? undefined : textPairs(field(field(content, "config"), "Labels")),
    };
  }
  return undefined;
}

/** Id and digest of a container's image, which the storage keeps for itself. */
export function factsOfImage(
  { imageId: id }: StorageRecord,
  image: StorageImage | undefined,
  notes: readonly string[],
): Pick<ContainerIdentity["image"], "id" | "digest"> {
  if (id === undefined) {
    const why = "the container has no image";
    return { id: absent(why), digest: absent(why) };
  }
  const digest = imageId(image?.digest);
  const why = image ? "the image's record names no digest" : "the image's record was not found";
  return { id: byEngine(id), digest: digest ? byEngine(digest) : unknown(whyOf(notes, why)) };
}

/**
 * Gets the folders in which the records may be. The bundle's own root first: podman has it from --root. CRI-O's is a
 * runroot, where no list is.
 */
export function storageRoots(bundle: StoragePath, roots: EngineRoots): Set<string> {
  return new Set([bundle.root, roots.storage ?? DEFAULT_ROOT]);
}

function entryOf(list: unknown, id: string): unknown {
  return Array.isArray(list) ? list.find((entry) => textField(entry, "id") === id) : undefined;
}

function parseMetadata(text: string | undefined, notes: string[]): unknown {
  try {
    return parseJson(text ?? "{}", "metadata");
  } catch {
    notes.push("what the engine noted about this container is not JSON");
    return undefined;
  }
}
