/**
 * What an engine's own records say about a container, and what a reader of such records is.
 */
import type { EngineName, Role } from "../api/plugin.ts";
import type { Spec } from "../core/oci.ts";
import type { Host } from "../host/host.ts";
import type { BundlePath } from "./bundle_path.ts";

/** Which container this is. What a reader could not find out is absent, and `notes` says why. */
export interface ContainerIdentity {
  engine: EngineName;
  /** Names that the engine's user knows it by; empty where the engine keeps none. */
  names: string[];
  role: Role;
  image: {
    /** As the engine has it: with docker and CRI what was asked for, tag or digest included. */
    name?: string;
    /** "sha256:" and the hash of the image's configuration, whatever the engine's own spelling. */
    id?: string;
    /** "sha256:" and the hash of the manifest, as a registry knows it. */
    digest?: string;
  };
  /** Of the container and its image, merged as the engine has it. */
  labels: Record<string, string>;
  /** Those labels that did not come from the image; absent where the image's are not known. */
  userLabels?: Record<string, string>;
  /** Id of the container that holds the pod's namespaces. */
  sandboxId?: string;
  /** Of containerd: "default", "k8s.io". Not Kubernetes' one, which is in `pod`. */
  namespace?: string;
  /** Kubernetes' pod; an older containerd does not tell its uid. */
  pod?: { name: string; namespace: string; uid?: string };
  /** Why something is not known; for `explain` and for a gate's refusal. */
  notes: string[];
}

/** The container that a runtime was asked to create. */
export interface BundledContainer {
  /** Untrusted text. */
  id: string;
  /** Absolute. */
  bundle: string;
  /** config.json, parsed. */
  spec: Spec;
}

/** A call whose bundle lies in an engine's place, where root alone makes folders. */
export interface EngineCall {
  id: string;
  bundle: BundlePath;
  spec: Spec;
}

/** Where engines keep their records, as the administrator says; absolute, without "..". */
export interface EngineRoots {
  /** docker's data-root, looked at first. Default: what /etc/docker/daemon.json says. */
  docker?: string;
  /** graphroot of podman and CRI-O, looked at after the bundle's own. Default: /var/lib/containers/storage. */
  storage?: string;
}

/** Knows the containers of one engine. */
export interface EngineReader {
  /** What the engine's records say; undefined where the container is not this engine's. */
  identify(host: Host, call: EngineCall, roots: EngineRoots): ContainerIdentity | undefined;
}

/** A container of which only the engine is known: a workload, since that is what plugins look at. */
export function unidentified(engine: EngineName, notes: string[]): ContainerIdentity {
  return { engine, names: [], role: "workload", image: {}, labels: {}, notes };
}

/** The form of the ids that docker, podman, CRI-O and containerd's CRI give: no other is used in a path. */
export function isEngineId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

/** An image's id in one spelling: podman and CRI-O leave the "sha256:" away. Undefined where it is none. */
export function imageId(text: string | undefined): string | undefined {
  const hash = text?.replace(/^sha256:/, "");
  return hash !== undefined && isEngineId(hash) ? `sha256:${hash}` : undefined;
}
