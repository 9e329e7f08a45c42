/** docker's images: in files of its own, or, with the containerd image store, in containerd's content store. */
import { absent, byAuthor, byEngine, type Fact, unknown } from "../../core/facts.ts";
import type { Host } from "../../host/host.ts";
import type { TaskPath } from "../bundle_path.ts";
import { imageId, type Labels } from "../identity.ts";
import { containerdRoot, imageOfManifest, labelsOfImage } from "../image_content.ts";
import { field, readRecord, textField, textPairs, whyOf } from "../records.ts";

/** What docker knows of a container's image. */
export interface DockerImage {
  id: Fact<string>;
  digest: Fact<string>;
  labels: Fact<Labels>;
}

/** Below the data-root, for the containerd that docker starts. */
const OWN_CONTAINERD = "containerd/daemon";

/**
 * @param root docker's data-root
 * @param record config.v2.json
 */
export function dockerImage(
  host: Host,
  root: string,
  record: unknown,
  container: { bundle: TaskPath; id: string },
): DockerImage {
  const image = imageId(textField(record, "Image"));
  const driver = textField(record, "Driver");
  if (!image || !driver || !/^[a-z0-9-]+$/.test(driver)) return nothing("docker's record names no image");
  const manifest = imageId(textField(field(record, "ImageManifest"), "digest"));
  const store = `${root}/image/${driver}`;
  const isClassic = manifest === undefined && host.lstat(`${store}/imagedb`)?.kind === "a folder";
  return isClassic
    ? ofClassicStore(host, store, image)
    : ofContentStore(host, root, { image, manifest }, container);
}

function nothing(why: string): DockerImage {
  return { id: unknown(why), digest: unknown(why), labels: unknown(why) };
}

function ofClassicStore(host: Host, store: string, image: string): DockerImage {
  const notes: string[] = [];
  const path = `${store}/imagedb/content/${image.replace(":", "/")}`;
  const labels = labelsOfImage(readRecord(host, path, "docker's image record", notes));
  const list = readRecord(host, `${store}/repositories.json`, "docker's image list", notes);
  return {
    id: byEngine(image),
    digest: manifestDigest(list, image, notes),
    labels: labels ? byAuthor(labels) : unknown(whyOf(notes, "docker's image record was not found")),
  };
}

/** The digest under which the image was pulled or pushed; an image built here has none. */
function manifestDigest(list: unknown, id: string, notes: readonly string[]): Fact<string> {
  if (list === undefined) return unknown(whyOf(notes, "docker's image list was not found"));
  const digests = new Set<string>();
  for (const references of Object.values(field(list, "Repositories") ?? {})) {
    for (const [reference, target] of Object.entries(textPairs(references))) {
      const digest = imageId(reference.split("@")[1]);
      if (digest && target === id) digests.add(digest);
    }
  }
  const [digest, ...others] = digests;
  if (digest === undefined) {
    return absent("docker knows no digest of the image: it was built or imported here");
  }
  if (others.length === 0) return byEngine(digest);
  return unknown("docker knows the image under several digests");
}

/** Here `Image` is the digest of what was asked for: a manifest, or a list of them of which one was taken. */
function ofContentStore(
  host: Host,
  root: string,
  { image, manifest = image }: { image: string; manifest?: string },
  { bundle, id }: { bundle: TaskPath; id: string },
): DockerImage {
  const notes: string[] = [];
  const roots = new Set([`${root}/${OWN_CONTAINERD}`, containerdRoot(host, bundle, id) ?? ""]);
  roots.delete("");
  for (const each of roots) {
    const content = imageOfManifest(host, each, manifest, notes);
    if (content === undefined) continue;
    const { labels } = content;
    return {
      id: byEngine(content.id),
      digest: byEngine(image),
      labels: labels ? byAuthor(labels) : unknown(whyOf(notes, "the image's configuration was not found")),
    };
  }
  return nothing(whyOf(notes, "neither docker's images nor containerd's content store have the image"));
}
