/**
 * podman: name and image are in its storage's list of containers. A container's own labels are in podman's
 * database, which is not read: it is locked, and its format changed.
 */
import type { Spec } from "../../core/oci.ts";
import { findContainer, findImage, isOfCrio, type StorageRecord } from "../containers_storage.ts";
import { type EngineReader, unidentified } from "../identity.ts";
import { textField, texts } from "../records.ts";

/** The image that podman itself builds for the container that holds a pod's namespaces. */
const PAUSE_IMAGE = /^localhost\/podman-pause:[\w.-]+$/;

export const podman: EngineReader = {
  identify(host, call, roots) {
    const { bundle } = call;
    if (bundle.kind !== "storage") return undefined;
    const notes: string[] = [];
    const record = findContainer(host, bundle, roots, call.id, notes);
    if (!record) {
      // Without the list podman and CRI-O cannot be told apart for certain: annotations are anybody's.
      notes.push("the storage's list does not name this container, so its name, image and role are unknown");
      return unidentified("podman", notes);
    }
    if (isOfCrio(record)) return undefined;
    const image = record.imageId ? findImage(host, bundle, roots, record.imageId, notes) : undefined;
    if (!image?.labels) notes.push("the image's labels were not found");
    notes.push("podman keeps a container's own labels in its database, so labels are the image's alone");
    return {
      engine: "podman",
      names: record.names,
      role: isPause(record, call.spec) ? "sandbox" : "workload",
      image: { name: textField(record.metadata, "image-name"), id: record.imageId, digest: image?.digest },
      labels: image?.labels ?? {},
      notes,
    };
  },
};

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
