/**
 * docker: config.json holds neither image nor labels, DATA-ROOT/containers/ID/config.v2.json has both and is
 * there before create.
 */
import type { Host } from "../../host/host.ts";
import {
  type EngineCall,
  type EngineReader,
  type EngineRoots,
  imageId,
  isEngineId,
  unidentified,
} from "../identity.ts";
import { field, labelsBesides, readRecord, textField, textPairs } from "../records.ts";

const NAMESPACE = "moby";
const DEFAULT_ROOT = "/var/lib/docker";
const DAEMON_CONFIG = "/etc/docker/daemon.json";

/**
 * Where the graph drivers mount a container's root below the data-root. With user namespaces remapped the
 * data-root has a folder per mapping, which no configuration file names.
 */
const MOUNTED_ROOT =
  /^(\/.+)\/(?:overlay2|fuse-overlayfs|vfs\/dir|btrfs\/subvolumes|zfs\/graph|rootfs\/[\w-]+)\/[0-9a-f]{64}(?:\/merged)?$/;

export const docker: EngineReader = {
  identify(host, call, roots) {
    const { bundle } = call;
    if (bundle.kind !== "task" || bundle.namespace !== NAMESPACE || !isEngineId(call.id)) return undefined;
    const notes: string[] = [];
    const found = findRecord(host, call, roots, notes);
    if (!found) {
      notes.push(
        "docker's record of this container was not found, so its name, image and labels are unknown",
      );
      return unidentified("docker", notes);
    }
    const { root, record } = found;
    const image = imageRecords(host, root, record, notes);
    const labels = textPairs(field(field(record, "Config"), "Labels"));
    const name = textField(record, "Name")?.replace(/^\//, "");
    return {
      engine: "docker",
      names: name ? [name] : [],
      role: "workload",
      image: { name: textField(field(record, "Config"), "Image"), id: image.id, digest: image.digest },
      labels,
      userLabels: image.labels && labelsBesides(image.labels, labels),
      notes,
    };
  },
};

/** The first record that is trusted and names this very container. */
function findRecord(host: Host, call: EngineCall, roots: EngineRoots, notes: string[]) {
  for (const root of dataRoots(host, call, roots, notes)) {
    const record = readRecord(host, `${root}/containers/${call.id}/config.v2.json`, "docker's record", notes);
    if (textField(record, "ID") === call.id) return { root, record };
  }
  return undefined;
}

/**
 * What the administrator says, then what config.json shows (dockerd's --data-root is in no file), then custom.
 * Only a record that is trusted and names this container counts, so a wrong guess finds nothing.
 */
function dataRoots(host: Host, call: EngineCall, roots: EngineRoots, notes: string[]): Set<string> {
  const configured = roots.docker ??
    textField(readRecord(host, DAEMON_CONFIG, "docker's configuration", notes), "data-root");
  const mounted = MOUNTED_ROOT.exec(call.spec.root?.path ?? "")?.[1];
  const candidates = [configured, mounted, DEFAULT_ROOT].filter((root) => root !== undefined);
  return new Set(candidates.filter((root) => root.startsWith("/") && !root.split("/").includes("..")));
}

interface ImageRecords {
  id?: string;
  digest?: string;
  labels?: Record<string, string>;
}

function imageRecords(host: Host, root: string, record: unknown, notes: string[]): ImageRecords {
  const id = imageId(textField(record, "Image"));
  const driver = textField(record, "Driver");
  if (!id || !driver || !/^[a-z0-9-]+$/.test(driver)) {
    notes.push("docker's record names no image, so which labels are the image's is unknown");
    return { id };
  }
  const store = `${root}/image/${driver}`;
  const content = readRecord(
    host,
    `${store}/imagedb/content/${id.replace(":", "/")}`,
    "docker's image record",
    notes,
  );
  if (content === undefined) {
    notes.push("docker's image record was not found, so which labels are the image's is unknown");
    return { id };
  }
  return {
    id,
    digest: manifestDigest(
      readRecord(host, `${store}/repositories.json`, "docker's image list", notes),
      id,
      notes,
    ),
    labels: textPairs(field(field(content, "config"), "Labels")),
  };
}

/** The digest under which the image was pulled or pushed; an image built here has none. */
function manifestDigest(list: unknown, id: string, notes: string[]): string | undefined {
  const digests = new Set<string>();
  for (const references of Object.values(field(list, "Repositories") ?? {})) {
    for (const [reference, target] of Object.entries(textPairs(references))) {
      const digest = reference.split("@")[1];
      if (digest && target === id) digests.add(digest);
    }
  }
  if (digests.size === 1) return [...digests][0];
  notes.push(
    digests.size === 0
      ? "docker knows no digest of the image: it was built or imported here"
      : "docker knows the image under several digests, so which one is meant is unknown",
  );
  return undefined;
}
