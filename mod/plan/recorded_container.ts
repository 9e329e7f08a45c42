/** What is written down about which container a create is about. */
import { valueOf } from "../core/facts.ts";
import { nameOf } from "../core/path.ts";
import { parseBundlePath } from "../engines/bundle_path.ts";
import { containerdRoot } from "../engines/image_content.ts";
import type { Host } from "../host/host.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import type { JournalEntry } from "../state/journal.ts";
import type { Create } from "./create.ts";

/** Gets what is known of the container by now. */
export function containerOf({ call, identity, config }: Create): JournalEntry["container"] {
  return {
    id: call.id,
    ...knownOf(identity),
    ...podOf(identity, config),
    bundle: call.bundle,
    rootfs: config?.spec.root?.path,
    operation: call.operation,
    runtime: nameOf(call.runtime),
  };
}

/** Finds where the engine will have its record of how the container ended, while the bundle still says so. */
export function engineRootOf(
  host: Host,
  { call, identity }: Pick<Create, "call" | "identity">,
): Pick<JournalEntry["container"], "engineRoot"> {
  if (!identity || valueOf(identity.engine) !== "containerd") return {};
  const bundle = parseBundlePath(call.bundle, call.id);
  try {
    const engineRoot = bundle?.kind === "task" ? containerdRoot(host, bundle, call.id) : undefined;
    return engineRoot === undefined ? {} : { engineRoot };
  } catch {
    return {};
  }
}

/** The annotations that containerd's CRI and CRI-O set, behind a pod's own. */
const POD = {
  containerd: ["sandbox-namespace", "sandbox-name", "container-name"].map((n) => `io.kubernetes.cri.${n}`),
  "cri-o": ["pod.namespace", "pod.name", "container.name"].map((n) => `io.kubernetes.${n}`),
} as const;

function podOf(
  identity: ContainerIdentity | undefined,
  config: Create["config"],
): Pick<JournalEntry["container"], "pod"> {
  const engine = identity && valueOf(identity.engine);
  if (engine !== "containerd" && engine !== "cri-o") return {};
  const [namespace, name, container] = POD[engine].map((key) => {
    const text: unknown = config?.spec.annotations?.[key];
    return typeof text === "string" && text !== "" ? text : undefined;
  });
  if (namespace === undefined || name === undefined) return {};
  const isSandbox = valueOf(identity!.role) === "sandbox";
  return { pod: { namespace, name, ...(container === undefined || isSandbox ? {} : { container }) } };
}

function knownOf(
  identity: ContainerIdentity | undefined,
): Pick<JournalEntry["container"], "names" | "engine" | "image" | "unknown"> {
  if (identity === undefined) return { names: [], engine: "unknown" };
  const { engine, names, image, labels } = identity;
  const facts = { engine, names, image: image.name, labels };
  const unknown = Object.entries(facts).flatMap(([name, fact]) =>
    fact.state === "unknown" ? [`${name}: ${fact.why}`] : []
  );
  return {
    names: valueOf(names) ?? [],
    engine: valueOf(engine) ?? "unknown",
    image: valueOf(image.name),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}
