/**
 * What an engine's own records say about a container, and what a reader of such records is.
 */
import type { EngineName, Role } from "../api/plugin.ts";
import { absent, byEngine, type Fact, unknown } from "../core/facts.ts";
import type { Spec } from "../core/oci.ts";
import type { Host } from "../host/host.ts";
import type { BundlePath } from "./bundle_path.ts";

/** Labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** Which container this is; of what is not known, each fact says why. */
export interface ContainerIdentity {
  engine: Fact<EngineName>;
  /** Names that the engine's user knows it by. */
  names: Fact<readonly string[]>;
  role: Fact<Role>;
  image: {
    /** The image's name as the engine has it: with docker and CRI what was asked for, tag or digest included. */
    name: Fact<string>;
    /** "sha256:" and the hash of the image's configuration, whatever the engine's own spelling. */
    id: Fact<string>;
    /** "sha256:" and the hash of a manifest, or of an index of manifests, as a registry knows it. */
    digest: Fact<string>;
  };
  /** Labels of the container, its pod and its image, as the engine merges them. */
  labels: Fact<Labels>;
  /** Labels that did not come from the image. */
  userLabels: Fact<Labels>;
  /**
   * Looks up what only the engine's database says, too; absent where there is nothing more to know. It takes a few
   * milliseconds, so it is for a plugin that asks for an image or labels.
   */
  lookUp?: () => Promise<ContainerIdentity>;
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

/** A call whose bundle lies in an engine's folder, where root alone makes folders. */
export interface EngineCall {
  id: string;
  bundle: BundlePath;
  spec: Spec;
}

/** Folders where engines keep their records, as the administrator says; absolute, without "..". */
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

/**
 * Makes the identity of a container of which nothing but the engine may be known: in doubt a workload, since that is
 * what plugins look at.
 *
 * @param why Half a sentence, which each fact gives as its reason.
 */
export function unidentified(engine: Fact<EngineName>, why: string): ContainerIdentity {
  return {
    engine,
    names: unknown(why),
    role: unknown(why),
    image: { name: unknown(why), id: unknown(why), digest: unknown(why) },
    labels: unknown(why),
    userLabels: unknown(why),
  };
}

/**
 * Makes the identity of a container that no engine asked for: somebody called the runtime by hand, or a tool without
 * records did.
 */
export function withoutEngine(why: string): ContainerIdentity {
  return {
    engine: byEngine("none"),
    names: absent(why),
    role: byEngine("workload"),
    image: { name: absent(why), id: absent(why), digest: absent(why) },
    labels: absent(why),
    userLabels: absent(why),
  };
}

/**
 * Tells whether an id has the form that docker, podman, CRI-O and containerd's CRI give: no other is used in a path.
 */
export function isEngineId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

/**
 * Writes an image's id or digest in one spelling: podman and CRI-O leave the "sha256:" away. Undefined where it is
 * none.
 */
export function imageId(text: string | undefined): string | undefined {
  const hash = text?.replace(/^sha256:/, "");
  return hash !== undefined && isEngineId(hash) ? `sha256:${hash}` : undefined;
}
