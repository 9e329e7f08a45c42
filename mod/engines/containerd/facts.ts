/** What containerd's database adds to what is known of a container. */
import { absent, byAuthor, byEngine, type Fact, unknown, valueOf } from "../../core/facts.ts";
import type { Host } from "../../host/host.ts";
import { type ContainerIdentity, imageId, type Labels } from "../identity.ts";
import { labelsOfImage, readBlob } from "../image_content.ts";
import { field, textField, textPairs, whyOf } from "../records.ts";
import type { ContainerdRecord } from "./metadata.ts";

/** What is found out by looking up. */
type LookedUp = Pick<ContainerIdentity, "image" | "labels" | "userLabels">;

/**
 * @param root containerd's; undefined where it is not known
 * @param identity what is known without the database
 * @param notes what went wrong so far
 */
export function factsOf(
  host: Host,
  root: string | undefined,
  identity: ContainerIdentity,
  record: ContainerdRecord | undefined,
  notes: string[],
): LookedUp {
  if (root === undefined || record === undefined) {
    const why = whyOf(notes, "containerd's record of this container was not found");
    const name: Fact<string> = identity.image.name.state === "known" ? identity.image.name : unknown(why);
    return {
      image: { name, id: unknown(why), digest: unknown(why) },
      labels: unknown(why),
      userLabels: unknown(why),
    };
  }
  if (record.cri === undefined) return factsOfClient(record);
  const isSandbox = valueOf(identity.role) === "sandbox";
  return isSandbox ? factsOfSandbox(record) : factsOfCri(host, root, identity, record, notes);
}

/** ctr and other clients name an image; what the name means may change, and nothing else is on record. */
function factsOfClient({ image, labels }: ContainerdRecord): LookedUp {
  const without = image === undefined;
  const none = absent<string>("the container has no image");
  const unsure = unknown<string>("containerd's record has the image's name alone");
  return {
    image: without
      ? { name: none, id: none, digest: none }
      : { name: byAuthor(image), id: unsure, digest: unsure },
    labels: byAuthor(labels),
    userLabels: without ? byAuthor(labels) : unknown("containerd keeps them together with the image's"),
  };
}

/** The image of a sandbox is the administrator's choice, in containerd's configuration. */
function factsOfSandbox({ image, podLabels }: ContainerdRecord): LookedUp {
  const unsure = unknown<string>("containerd's record of a sandbox has the image's name alone");
  const labels = podLabels ? byAuthor(podLabels) : unknown<Labels>("the pod's record was not found");
  return {
    image: {
      name: image === undefined ? unknown("containerd's record names no image") : byEngine(image),
      id: unsure,
      digest: unsure,
    },
    labels,
    userLabels: labels,
  };
}

function factsOfCri(
  host: Host,
  root: string,
  identity: ContainerIdentity,
  { image, cri, podLabels, pulled }: ContainerdRecord,
  notes: string[],
): LookedUp {
  const id = imageId(textField(cri, "ImageRef"));
  const digest = imageId(textField(cri, "ImageDigest")) ?? pulled;
  const own = textPairs(field(field(cri, "Config"), "labels"));
  const users = podLabels
    ? byAuthor({ ...podLabels, ...own })
    : unknown<Labels>("the record of the container's pod was not found");
  const ofImage = id && labelsOfImage(readBlob(host, root, id, "the image's configuration", notes));
  return {
    image: {
      name: identity.image.name.state === "known" ? identity.image.name : nameOf(image),
      id: id ? byEngine(id) : unknown("containerd's record has no id of the image"),
      digest: digest ? byEngine(digest) : unknown("containerd's record has no digest of the image"),
    },
    labels: allLabels(users, ofImage, whyOf(notes, "the image's labels were not found")),
    userLabels: users,
  };
}

function nameOf(image: string | undefined): Fact<string> {
  return image === undefined ? unknown("containerd's record names no image") : byAuthor(image);
}

function allLabels(users: Fact<Labels>, image: Labels | undefined | "", why: string): Fact<Labels> {
  if (users.state !== "known") return users;
  return image ? byAuthor({ ...image, ...users.value }) : unknown(why);
}
