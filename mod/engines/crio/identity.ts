/**
 * CRI-O: pod, image and role are in its storage's list of containers, with more fields than podman's have.
 * Labels are an annotation, which is good enough for what a pod's author may choose anyway.
 */
import { parseJson } from "../../text/json/json_text.ts";
import type { Spec } from "../../core/oci.ts";
import { findContainer, findImage, isOfCrio } from "../containers_storage.ts";
import { type ContainerIdentity, type EngineReader, imageId } from "../identity.ts";
import { field, textField, textPairs } from "../records.ts";

export const crio: EngineReader = {
  identify(host, call, roots) {
    const { bundle } = call;
    if (bundle.kind !== "storage") return undefined;
    const notes: string[] = [];
    const record = findContainer(host, bundle, roots, call.id, notes);
    if (!record || !isOfCrio(record)) return undefined;
    const sandboxId = textField(record.metadata, "pod-id");
    const image = record.imageId ? findImage(host, bundle, roots, record.imageId, notes) : undefined;
    const userLabels = labelsOf(call.spec, notes);
    return {
      engine: "cri-o",
      names: namesOf(record.metadata, record.names),
      // Both must agree: an infrastructure container's own id is its pod's.
      role: field(record.metadata, "pod") === true && sandboxId === call.id ? "sandbox" : "workload",
      image: {
        name: imageName(textField(record.metadata, "image-name"), image?.names ?? [], notes),
        id: record.imageId,
        digest: image?.digest,
      },
      labels: { ...image?.labels, ...userLabels },
      userLabels,
      sandboxId,
      pod: podOf(record.names, notes),
      notes,
    };
  },
};

function namesOf(metadata: unknown, names: string[]): string[] {
  const short = textField(metadata, "metadata-name");
  return [...new Set(short ? [short, ...names] : names)];
}

/** kubelet asks by the image's id, so the name has to come from the list of images. */
function imageName(asked: string | undefined, known: string[], notes: string[]): string | undefined {
  if (asked !== undefined && imageId(asked) === undefined) return asked;
  if (known.length === 1) return known[0];
  notes.push(`the container was asked for by image id, and the image has ${known.length} names`);
  return undefined;
}

/** CRI-O makes names of k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT; Kubernetes allows none of them a "_". */
function podOf(names: string[], notes: string[]): ContainerIdentity["pod"] {
  for (const text of names) {
    const [, name, namespace, uid] = /^k8s_[^_]+_([^_]+)_([^_]+)_([^_]+)_\d+$/.exec(text) ?? [];
    if (name && namespace && uid) return { name, namespace, uid };
  }
  notes.push("the container's name is not in Kubernetes' form, so its pod's name is unknown");
  return undefined;
}

function labelsOf(spec: Spec, notes: string[]): Record<string, string> {
  try {
    return textPairs(parseJson(spec.annotations?.["io.kubernetes.cri-o.Labels"] ?? "", "annotation"));
  } catch {
    notes.push(
      "config.json has no annotation io.kubernetes.cri-o.Labels with JSON, so labels are the image's",
    );
    return {};
  }
}
