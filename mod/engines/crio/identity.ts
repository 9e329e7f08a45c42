/**
 * CRI-O: image and role are in its storage's list of containers, with more fields than podman's have. Labels are an
 * annotation, which is good enough for what a pod's author may choose anyway.
 */
import { byAuthor, byEngine, type Fact, unknown } from "../../core/facts.ts";
import type { Spec } from "../../core/oci.ts";
import { parseJson } from "../../text/json/json_text.ts";
import { factsOfImage, findContainer, findImage, isOfCrio } from "../containers_storage.ts";
import { type EngineReader, imageId, type Labels } from "../identity.ts";
import { field, textField, textPairs, whyOf } from "../records.ts";

export const crio: EngineReader = {
  identify(host, call, roots) {
    const { bundle } = call;
    if (bundle.kind !== "storage") return undefined;
    const notes: string[] = [];
    const record = findContainer(host, bundle, roots, call.id, notes);
    if (!record || !isOfCrio(record)) return undefined;
    const podId = textField(record.metadata, "pod-id");
    const image = findImage(host, bundle, roots, record.imageId, notes);
    const userLabels = labelsOf(call.spec);
    return {
      engine: byEngine("cri-o"),
      names: byAuthor(namesOf(record.metadata, record.names)),
      // Both must agree: an infrastructure container's own id is its pod's.
      role: byEngine(field(record.metadata, "pod") === true && podId === call.id ? "sandbox" : "workload"),
      image: {
        name: imageName(textField(record.metadata, "image-name"), image?.names ?? []),
        ...factsOfImage(record, image, notes),
      },
      labels: allLabels(userLabels, image?.labels, whyOf(notes, "the image's labels were not found")),
      userLabels,
    };
  },
};

function namesOf(metadata: unknown, names: string[]): string[] {
  const short = textField(metadata, "metadata-name");
  return [...new Set(short ? [short, ...names] : names)];
}

/** kubelet asks by the image's id, so the name has to come from the list of images. */
function imageName(asked: string | undefined, known: string[]): Fact<string> {
  if (asked !== undefined && imageId(asked) === undefined) return byAuthor(asked);
  if (known.length === 1) return byEngine(known[0]!);
  return unknown(`the container was asked for by image id, and the image has ${known.length} names`);
}

function allLabels(users: Fact<Labels>, image: Labels | undefined, why: string): Fact<Labels> {
  if (users.state !== "known") return users;
  return image ? byAuthor({ ...image, ...users.value }) : unknown(why);
}

function labelsOf(spec: Spec): Fact<Labels> {
  try {
    const text = spec.annotations?.["io.kubernetes.cri-o.Labels"] ?? "";
    return byAuthor(textPairs(parseJson(text, "annotation")));
  } catch {
    return unknown("config.json has no annotation io.kubernetes.cri-o.Labels with JSON");
  }
}
