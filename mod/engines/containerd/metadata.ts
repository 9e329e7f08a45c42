/** containerd's database of what it runs, CONTAINERD-ROOT/io.containerd.metadata.v1.bolt/meta.db. */
import type { Host } from "../../host/host.ts";
import { decodeJson, parseJson } from "../../text/json/json_text.ts";
import type { Bucket } from "../bolt/bolt.ts";
import { readBolt } from "../bolt/read_bolt.ts";
import { imageId, type Labels } from "../identity.ts";
import { field, textField, textPairs } from "../records.ts";
import { anyValue } from "./protobuf.ts";

/** What the database says of one container. */
export interface ContainerdRecord {
  /** The image's name as the client gave it; absent where it named none. */
  image?: string;
  labels: Labels;
  /** What CRI keeps, of a container or a sandbox; absent where another client made it. */
  cri?: unknown;
  /** Labels of its pod, from the sandbox's record; absent where there is no such record. */
  podLabels?: Labels;
  /** Digest of the manifest, or the list of them, that CRI last pulled the image by. */
  pulled?: string;
}

const decoder = new TextDecoder();
const SANDBOX = "io.cri-containerd.sandbox.metadata";
const CONTAINER = "io.cri-containerd.container.metadata";

/** Gets the record of a container; undefined, mostly with a note, where it is not to be had. */
export function findRecord(
  host: Host,
  root: string,
  namespace: string,
  id: string,
  notes: string[],
): ContainerdRecord | undefined {
  const path = `${root}/io.containerd.metadata.v1.bolt/meta.db`;
  return readBolt(host, path, "containerd's database", notes, (outermost) => {
    const space = outermost.path("v1", namespace);
    const container = space?.path("containers", id);
    return space && container ? recordOf(space, container) : undefined;
  });
}

function recordOf(space: Bucket, container: Bucket): ContainerdRecord {
  const own = criOf(container, CONTAINER);
  const sandbox = own === undefined
    ? criOf(container, SANDBOX)
    : criOf(space.path("containers", textField(own, "SandboxID") ?? ""), SANDBOX);
  const ref = imageId(textField(own, "ImageRef"));
  return {
    image: text(container.get("image")) || undefined,
    labels: labelsOf(container),
    cri: own ?? sandbox,
    podLabels: sandbox === undefined ? undefined : textPairs(field(field(sandbox, "Config"), "labels")),
    // CRI keeps each image under its id as well.
    pulled: ref && imageId(text(space.path("images", ref, "target")?.get("digest"))),
  };
}

/** What CRI keeps in a container's record: JSON in a protobuf message. */
function criOf(container: Bucket | undefined, kind: typeof SANDBOX | typeof CONTAINER): unknown {
  const bytes = container?.bucket("extensions")?.get(kind);
  const value = bytes && anyValue(bytes);
  if (value === undefined) return undefined;
  try {
    return field(parseJson(decodeJson(value, kind), kind), "Metadata");
  } catch {
    // Whatever a newer one keeps there, this is not known.
    return undefined;
  }
}

function labelsOf(container: Bucket): Labels {
  const entries = [...container.bucket("labels")?.entries() ?? []];
  return Object.fromEntries(entries.map(([key, value]) => [decoder.decode(key), decoder.decode(value)]));
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes);
}
