/**
 * The place where an engine keeps a container's bundle is the one sign of whose container it is that the container's
 * owner does not choose.
 *
 * - containerd, and docker through it: STATE/io.containerd.runtime.v2.task/NAMESPACE/ID
 * - podman and CRI-O: ROOT/DRIVER-containers/ID/userdata
 */
import { nameOf } from "../core/path.ts";

/** A bundle of containerd's. */
export interface TaskPath {
  kind: "task";
  /** The folder in which the engine makes its containers' folders. */
  folder: string;
  namespace: string;
}

/** A bundle of the storage that podman and CRI-O share. */
export interface StoragePath {
  kind: "storage";
  /** The folder in which the engine makes its containers' folders. */
  folder: string;
  /** podman's graphroot (with a transient store its runroot), CRI-O's runroot. */
  root: string;
  driver: string;
}

export type BundlePath = TaskPath | StoragePath;

/** Namespaces and ids as containerd allows them; they begin with no dot, so none is a way upwards. */
const TASK =
  /^(.*\/io\.containerd\.runtime\.(?:v1\.linux|v2\.task)\/([A-Za-z0-9][\w.-]*))\/([A-Za-z0-9][\w.-]*)$/;

const STORAGE = /^((.*)\/([a-z0-9]+)-containers)\/([0-9a-f]{64})\/userdata$/;

/**
 * Whose form a bundle's path has; undefined where it has no engine's, or is not the folder of this id.
 *
 * @param bundle Absolute, with all links resolved.
 */
export function parseBundlePath(bundle: string, id: string): BundlePath | undefined {
  const task = TASK.exec(bundle);
  if (task && task[3] === id) return { kind: "task", folder: task[1]!, namespace: task[2]! };
  const storage = STORAGE.exec(bundle);
  if (storage && storage[4] === id) {
    return { kind: "storage", folder: storage[1]!, root: storage[2]!, driver: storage[3]! };
  }
  return undefined;
}

/**
 * The id of the container whose bundle this is, where nobody says it: what the engine's form has, or else the folder's
 * name.
 *
 * @param bundle Absolute, with all links resolved.
 */
export function idOfBundle(bundle: string): string {
  return STORAGE.exec(bundle)?.[4] ?? (nameOf(bundle) || "container");
}
