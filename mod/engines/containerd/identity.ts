/**
 * containerd: as Kubernetes' engine it says in annotations what a container is; started by ctr or another client,
 * only the namespace is known. Images and labels are in its database.
 */
import { byAuthor, byEngine, unknown } from "../../core/facts.ts";
import type { Spec } from "../../core/oci.ts";
import { type ContainerIdentity, type EngineReader, isEngineId, unidentified } from "../identity.ts";
import { containerdRoot } from "../image_content.ts";
import { factsOf } from "./facts.ts";
import { findRecord } from "./metadata.ts";

/** containerd's namespace of what came by CRI. Reaching it takes containerd's socket, so root. */
const CRI_NAMESPACE = "k8s.io";

const NOT_ASKED = "containerd's database was not read: no plugin asks for an image or labels";

export const containerd: EngineReader = {
  identify(host, { id, bundle, spec }) {
    if (bundle.kind !== "task") return undefined;
    const { namespace } = bundle;
    const isCri = namespace === CRI_NAMESPACE && isEngineId(id) &&
      criAnnotation(spec, "container-type") !== undefined;
    const identity = isCri ? criIdentity(id, spec) : {
      ...unidentified(byEngine("containerd"), NOT_ASKED),
      names: byAuthor([id]),
      // Only CRI has sandboxes.
      role: byEngine<"workload">("workload"),
    };
    const lookUp = () => {
      const root = containerdRoot(host, bundle, id);
      const notes: string[] = [];
      const record = root === undefined ? undefined : findRecord(host, root, namespace, id, notes);
      return Promise.resolve({ ...identity, ...factsOf(host, root, identity, record, notes) });
    };
    return { ...identity, lookUp };
  },
};

/**
 * containerd sets these after a pod's own annotations, so a pod's author cannot replace them. It does not set
 * image-name on a sandbox: there, it would be the author's.
 */
function criIdentity(id: string, spec: Spec): ContainerIdentity {
  const isSandbox = criAnnotation(spec, "container-type") === "sandbox" &&
    criAnnotation(spec, "sandbox-id") === id;
  const name = criAnnotation(spec, isSandbox ? "sandbox-name" : "container-name");
  const imageName = isSandbox ? undefined : criAnnotation(spec, "image-name");
  const identity = unidentified(byEngine("containerd"), NOT_ASKED);
  return {
    ...identity,
    names: name === undefined ? unknown("config.json has no annotation with the name") : byAuthor([name]),
    role: byEngine(isSandbox ? "sandbox" : "workload"),
    // The name that kubelet asked for, or any that the image has: whoever may tag images chose it.
    image: { ...identity.image, ...imageName === undefined ? {} : { name: byAuthor(imageName) } },
  };
}

function criAnnotation(spec: Spec, name: string): string | undefined {
  const value: unknown = spec.annotations?.[`io.kubernetes.cri.${name}`];
  return typeof value === "string" && value !== "" ? value : undefined;
}
