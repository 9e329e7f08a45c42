/**
 * containerd: as Kubernetes' engine it says in annotations what a container is; started by ctr or another
 * client, only the namespace is known. Its database is locked while it runs, so it is not read.
 */
import type { Spec } from "../../core/oci.ts";
import {
  type ContainerIdentity,
  type EngineCall,
  type EngineReader,
  isEngineId,
  unidentified,
} from "../identity.ts";

/** containerd's namespace of what came by CRI. Reaching it takes containerd's socket, so root. */
const CRI_NAMESPACE = "k8s.io";

export const containerd: EngineReader = {
  identify(_host, call) {
    if (call.bundle.kind !== "task") return undefined;
    const { namespace } = call.bundle;
    if (namespace === CRI_NAMESPACE && isEngineId(call.id) && cri(call.spec, "container-type")) {
      return { ...criIdentity(call), namespace };
    }
    const notes = ["containerd keeps image and labels in its database, which is locked, so they are unknown"];
    return { ...unidentified("containerd", notes), names: [call.id], namespace };
  },
};

/** containerd sets these after a pod's own annotations, so a pod's author cannot replace them. */
function criIdentity(call: EngineCall): ContainerIdentity {
  const { spec, id } = call;
  const sandboxId = cri(spec, "sandbox-id");
  const isSandbox = cri(spec, "container-type") === "sandbox" && sandboxId === id;
  const name = isSandbox ? cri(spec, "sandbox-name") : cri(spec, "container-name");
  const imageName = cri(spec, "image-name");
  const notes = ["containerd hands a pod's labels to no runtime, so they are unknown"];
  if (!imageName) notes.push("config.json has no annotation io.kubernetes.cri.image-name");
  return {
    ...unidentified("containerd", notes),
    names: name ? [name] : [],
    role: isSandbox ? "sandbox" : "workload",
    image: { name: imageName, digest: imageName?.match(/@(sha256:[0-9a-f]{64})$/)?.[1] },
    sandboxId,
    pod: podOf(spec, notes),
  };
}

function podOf(spec: Spec, notes: string[]): ContainerIdentity["pod"] {
  const [name, namespace] = [cri(spec, "sandbox-name"), cri(spec, "sandbox-namespace")];
  if (name && namespace) return { name, namespace, uid: cri(spec, "sandbox-uid") };
  notes.push("config.json has no annotations that name the pod");
  return undefined;
}

function cri(spec: Spec, name: string): string | undefined {
  const value: unknown = spec.annotations?.[`io.kubernetes.cri.${name}`];
  return typeof value === "string" && value !== "" ? value : undefined;
}
