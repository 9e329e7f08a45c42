/**
 * Which container is this? Asks each engine's reader in turn.
 *
 * The bundle's place decides whose container it is, and only a place where root alone can write. Annotations
 * decide nothing by themselves: whoever starts a container by docker or podman may set any.
 */
import type { Engine } from "../core/engines.ts";
import { unknown } from "../core/facts.ts";
import { Failure } from "../errors.ts";
import { checkFolder } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { parseBundlePath } from "./bundle_path.ts";
import { containerd } from "./containerd/identity.ts";
import { crio } from "./crio/identity.ts";
import { docker } from "./docker/identity.ts";
import {
  type BundledContainer,
  type ContainerIdentity,
  type EngineReader,
  type EngineRoots,
  unidentified,
  withoutEngine,
} from "./identity.ts";
import { podman } from "./podman/identity.ts";

/** The readers in order of asking: docker before containerd, whose folders it uses. */
const READERS = { docker, containerd, podman, "cri-o": crio } satisfies Record<Engine, EngineReader>;

/**
 * What the engine that asked for a container has on record about it.
 *
 * Nothing that a record lacks is fatal: each fact is known, known not to be there, or not known, and says why.
 */
export function identify(host: Host, call: BundledContainer, roots: EngineRoots = {}): ContainerIdentity {
  const { id, spec } = call;
  const path = host.realPath(call.bundle);
  const bundle = path === undefined ? undefined : parseBundlePath(path, id);
  // Called by hand, or by a tool that keeps no records, as image builders do.
  if (!bundle) {
    return withoutEngine("no engine asked for this container: its bundle is in no engine's folder");
  }
  const distrust = whyUntrusted(host, bundle.folder);
  if (distrust !== undefined) return unidentified(unknown(distrust), distrust);
  for (const reader of Object.values(READERS)) {
    const identity = reader.identify(host, { id, bundle, spec }, roots);
    if (identity) return identity;
  }
  return withoutEngine("no engine that we know claims this container");
}

/** The container's own folder is not looked at: podman gives it to the user that the container's root is. */
function whyUntrusted(host: Host, folder: string): string | undefined {
  try {
    checkFolder(host, folder, "the folder of bundles");
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.what}, so no engine's word about this container is believed`;
  }
}
