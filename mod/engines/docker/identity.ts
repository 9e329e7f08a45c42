/**
 * docker: config.json holds neither image nor labels, DATA-ROOT/containers/ID/config.v2.json has both and is
 * there before create.
 */
import { byAuthor, byEngine, type Fact, unknown } from "../../core/facts.ts";
import type { Host } from "../../host/host.ts";
import {
  type EngineCall,
  type EngineReader,
  type EngineRoots,
  isEngineId,
  type Labels,
  unidentified,
} from "../identity.ts";
import { field, labelsBesides, readRecord, textField, textPairs, whyOf } from "../records.ts";
import { dockerImage } from "./image.ts";

const NAMESPACE = "moby";
const DEFAULT_ROOT = "/var/lib/docker";
const DAEMON_CONFIG = "/etc/docker/daemon.json";

/**
 * Matches the folder below the data-root where a graph driver mounts a container's root. With user namespaces
 * remapped the data-root has a folder per mapping, which no configuration file names.
 */
const MOUNTED_ROOT =
  /^(\/.+)\/(?:overlay2|fuse-overlayfs|vfs\/dir|btrfs\/subvolumes|zfs\/graph|rootfs\/[\w-]+)\/[0-9a-f]{64}(?:\/merged)?$/;

export const docker: EngineReader = {
  identify(host, call, roots) {
    const { bundle, id } = call;
    if (bundle.kind !== "task" || !isEngineId(id)) return undefined;
    const notes: string[] = [];
    const settings = readRecord(host, DAEMON_CONFIG, "docker's configuration", notes);
    if (!isDockers(bundle.namespace, settings)) return undefined;
    const found = findRecord(host, call, roots, settings, notes);
    if (!found) {
      const why = whyOf(notes, "docker's record of this container was not found");
      return { ...unidentified(byEngine("docker"), why), role: byEngine("workload") };
    }
    const { root, record } = found;
    const labels = textPairs(field(field(record, "Config"), "Labels"));
    const image = dockerImage(host, root, record, { bundle, id });
    const name = textField(record, "Name")?.replace(/^\//, "");
    const asked = textField(field(record, "Config"), "Image");
    return {
      engine: byEngine("docker"),
      names: byAuthor(name ? [name] : []),
      // docker has no sandboxes.
      role: byEngine("workload"),
      image: {
        name: asked === undefined ? unknown("docker's record names no image") : byAuthor(asked),
        id: image.id,
        digest: image.digest,
      },
      labels: byAuthor(labels),
      userLabels: usersOf(labels, image.labels),
    };
  },
};

/** Reads docker's record of a container; undefined where there is none. */
export function dockerRecord(host: Host, call: EngineCall, notes: string[]): unknown {
  const settings = readRecord(host, DAEMON_CONFIG, "docker's configuration", notes);
  return isEngineId(call.id) ? findRecord(host, call, {}, settings, notes)?.record : undefined;
}

/**
 * Tells whether a namespace is docker's. With user namespaces remapped it ends in the mapping's ids; daemon.json may
 * name another one.
 */
function isDockers(namespace: string, settings: unknown): boolean {
  const own = namespace.replace(/-\d+\.\d+$/, "");
  return own === NAMESPACE || own === textField(settings, "containerd-namespace");
}

function usersOf(labels: Labels, image: Fact<Labels>): Fact<Labels> {
  if (image.state !== "known") return unknown(image.why);
  return byAuthor(labelsBesides(image.value, labels));
}

/** The first record that is trusted and names this very container. */
function findRecord(host: Host, call: EngineCall, roots: EngineRoots, settings: unknown, notes: string[]) {
  for (const root of dataRoots(call, roots, settings)) {
    const record = readRecord(host, `${root}/containers/${call.id}/config.v2.json`, "docker's record", notes);
    if (textField(record, "ID") === call.id) return { root, record };
  }
  return undefined;
}

/**
 * What the administrator says, then what config.json shows (dockerd's --data-root is in no file), then the default,
 * each of them also with the folder that it has for the mapping of user namespaces. Only a record that is trusted and
 * names this container counts, so a wrong guess finds nothing.
 */
function dataRoots({ bundle, spec }: EngineCall, roots: EngineRoots, settings: unknown): Set<string> {
  const mapping = bundle.kind === "task" ? /-(\d+\.\d+)$/.exec(bundle.namespace)?.[1] : undefined;
  const configured = roots.docker ?? textField(settings, "data-root");
  const mounted = MOUNTED_ROOT.exec(spec.root?.path ?? "")?.[1];
  const candidates = [configured, mounted, DEFAULT_ROOT]
    .flatMap((root) =>
      root === undefined ? [] : mapping === undefined ? [root] : [`${root}/${mapping}`, root]
    );
  return new Set(candidates.filter((root) => root.startsWith("/") && !root.split("/").includes("..")));
}
