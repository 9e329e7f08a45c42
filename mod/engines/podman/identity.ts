/**
 * podman: name and image are in its storage's list of containers, a container's own labels in podman's database.
 */
import { absent, byAuthor, byEngine, type Fact, unknown } from "../../core/facts.ts";
import type { Spec } from "../../core/oci.ts";
import {
  factsOfImage,
  findContainer,
  findImage,
  isOfCrio,
  type StorageRecord,
  storageRoots,
} from "../containers_storage.ts";
import { type ContainerIdentity, type EngineReader, type Labels, unidentified } from "../identity.ts";
import { labelsBesides, textField, texts, whyOf } from "../records.ts";
import { readLabels } from "./database.ts";

/** The image that podman itself builds for the container that holds a pod's namespaces. */
const PAUSE_IMAGE = /^localhost\/podman-pause:[\w.-]+$/;

export const podman: EngineReader = {
  identify(host, call, roots) {
    const { bundle, id, spec } = call;
    if (bundle.kind !== "storage") return undefined;
    const notes: string[] = [];
    const record = findContainer(host, bundle, roots, id, notes);
    if (!record) {
      // Without the list podman and CRI-O cannot be told apart for certain: annotations are anybody's.
      const why = whyOf(notes, "the storage's list does not name this container");
      return unidentified(unknown(`podman or CRI-O: ${why}`), why);
    }
    if (isOfCrio(record)) return undefined;
    const image = findImage(host, bundle, roots, record.imageId, notes);
    const notAsked = "podman's database was not read: no plugin asks for labels";
    const identity: ContainerIdentity = {
      engine: byEngine("podman"),
      names: byAuthor(record.names),
      role: byEngine(isPause(record, spec) ? "sandbox" : "workload"),
      image: {
        name: imageName(record.metadata),
        ...factsOfImage(record, image, notes),
      },
      labels: unknown(notAsked),
      userLabels: unknown(notAsked),
      async lookUp() {
        const labels = await readLabels(host, storageRoots(bundle, roots), id);
        return { ...identity, labels, userLabels: usersOf(labels, record, image?.labels), lookUp: undefined };
      },
    };
    return identity;
  },
};

function imageName(metadata: unknown): Fact<string> {
  if (metadata === undefined) return unknown("what podman noted about this container is not JSON");
  const name = textField(metadata, "image-name");
  return name === undefined ? absent("the container has no image") : byAuthor(name);
}

function usersOf(labels: Fact<Labels>, record: StorageRecord, image: Labels | undefined): Fact<Labels> {
  if (labels.state !== "known") return labels;
  if (record.imageId === undefined) return labels;
  return image ? byAuthor(labelsBesides(image, labels.value)) : unknown("the image's labels were not found");
}

/**
 * Whether this is podman's own pause program and nothing else. No record says so, and name and annotations are
 * the user's to choose; so it must be podman's image, running that image's program, with nothing put over it.
 */
function isPause(record: StorageRecord, spec: Spec): boolean {
  const args = texts(spec.process?.args);
  return PAUSE_IMAGE.test(textField(record.metadata, "image-name") ?? "") &&
    record.names.some((name) => /^[0-9a-f]{12}-infra$/.test(name)) &&
    args.length === 2 && args[0] === "/catatonit" && args[1] === "-P" &&
    Array.isArray(spec.mounts) && !spec.mounts.some(hidesProgram);
}

/** Whether a mount could put another file in the place of /catatonit. */
function hidesProgram(mount: unknown): boolean {
  const parts = (textField(mount, "destination") ?? "").split("/").filter((part) =>
    part !== "" && part !== "."
  );
  return parts.length === 0 || parts[0] === "catatonit" || parts.includes("..");
}
