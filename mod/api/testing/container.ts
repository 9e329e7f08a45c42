/** The container that a test is about: made of the fields that it names, as a create makes it of config.json. */
import { asRuntimesTake, completeLinux, completeProcess } from "../../core/check_spec.ts";
import { absent, byAuthor, byEngine, type Fact, unknown } from "../../core/facts.ts";
import type { DeepReadonly } from "../../core/freeze.ts";
import type { Spec } from "../../core/oci.ts";
import type { Linux } from "../../core/oci_linux.ts";
import type { WhenFacts } from "../../core/when.ts";
import { variablesOf, whenFacts } from "../../core/when_facts.ts";
import { widenFields } from "../../core/wide_fields.ts";
import type { Container, FactName, FactStatus, Process } from "../plugin.ts";

/**
 * Fields of a container that a test sets. Its process may lack what runtimes fill in, and `facts` names those alone that
 * are not known by the engine's word.
 */
export type ContainerFields = Partial<
  & Omit<Container, "process" | "linux" | "facts">
  & {
    readonly process: DeepReadonly<Process>;
    readonly linux: DeepReadonly<Linux>;
    readonly facts: Partial<Container["facts"]>;
  }
>;

/** A process, and what it has on Linux, as engines make them for a container that asks for nothing special. */
const PROCESS = {
  args: ["true"],
  cwd: "/",
  user: { uid: 0, gid: 0 },
  capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
};
const LINUX = {
  namespaces: ["pid", "network", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
  resources: { devices: [{ allow: false, access: "rwm" }] },
  seccomp: { defaultAction: "SCMP_ACT_ERRNO", syscalls: [] },
  maskedPaths: ["/proc/kcore", "/proc/keys", "/sys/firmware"],
  readonlyPaths: ["/proc/sys"],
};

const KNOWN = { state: "known", by: "engine" } as const;
const FACTS: Record<FactName, FactStatus> = {
  engine: KNOWN,
  names: KNOWN,
  role: KNOWN,
  imageName: KNOWN,
  imageId: KNOWN,
  imageDigest: KNOWN,
  labels: KNOWN,
  userLabels: KNOWN,
};

/**
 * Makes a container of no engine that does nothing special, with the fields that a test is about. What is of config.json
 * stands in `spec` too, and of `spec` the fields are made that the test does not set.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeContainer } from "container-hooks/testing";
 *
 * const container = makeContainer({ labels: { team: "payments" }, process: { env: ["A=b"] } });
 * assert.equal(container.labels.team, "payments");
 * assert.deepEqual(container.process.args, ["true"]);
 * assert.equal(container.process.user.uid, 0);
 * assert.equal(container.env.A, "b");
 * assert.deepEqual(container.spec.process?.env, ["A=b"]);
 * ```
 */
export function makeContainer(fields: ContainerFields = {}): Container {
  const { spec: _, process: __, linux: ___, env: ____, facts = {}, ...given } = structuredClone(fields);
  const written = specOf(fields);
  const spec = asRuntimesTake(widenFields(written));
  return {
    id: "test",
    names: [],
    role: "workload",
    image: {},
    labels: {},
    userLabels: {},
    engine: "none",
    runtime: "runc",
    operation: "create",
    bundle: "/bundle",
    ...given,
    annotations: spec.annotations ?? {},
    mounts: spec.mounts ?? [],
    hooks: spec.hooks ?? {},
    env: { ...variablesOf(spec.process?.env ?? []) },
    facts: statusesOf(fields, facts),
    process: completeProcess(spec.process),
    linux: completeLinux(spec.linux),
    spec,
  };
}

/** What a test puts where a recorded container has nothing is known: its author says so. */
function statusesOf(
  { names, image, labels, userLabels }: ContainerFields,
  facts: Partial<Container["facts"]>,
) {
  const said: Partial<Record<FactName, unknown>> = {
    names: names?.length,
    imageName: image?.name,
    imageId: image?.id,
    imageDigest: image?.digest,
    labels: Object.keys(labels ?? {}).length,
    userLabels: Object.keys(userLabels ?? {}).length,
  };
  const told = Object.entries(facts).map(([name, status]) => [
    name,
    status.state === "absent" && said[name as FactName] ? { state: "known", by: "author" } : status,
  ]);
  return { ...FACTS, ...Object.fromEntries(told) };
}

/** config.json with all that the test says of it, as an engine would write it. */
export function specOf(fields: ContainerFields): Spec {
  const { spec = {}, process, linux, env, annotations, mounts, hooks } = structuredClone(fields) as {
    spec?: Spec;
    process?: Process;
    linux?: Linux;
    env?: Record<string, string>;
  } & Pick<Spec, "annotations" | "mounts" | "hooks">;
  // A config.json that was recorded is as it is: what it does not have, its engine has not written.
  const [base, baseLinux] = fields.spec ? [{}, {}] : [PROCESS, LINUX];
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`);
  const own = { ...structuredClone(base), ...spec.process, ...process };
  return {
    ociVersion: "1.0.2",
    ...spec,
    ...(annotations ? { annotations } : {}),
    ...(mounts ? { mounts } : {}),
    ...(hooks ? { hooks } : {}),
    process: { ...own, ...(env ? { env: [...own.env ?? [], ...variables] } : {}) },
    linux: { ...structuredClone(baseLinux), ...spec.linux, ...linux },
  } as Spec;
}

/** What `when` is tried on, by the container's own facts. */
export function factsOf(container: Container): WhenFacts {
  const { spec, operation, engine, role, image, labels, facts } = container;
  return whenFacts(spec as Spec, operation, {
    engine: factOf(facts.engine, engine),
    role: factOf(facts.role, role),
    image: { name: factOf(facts.imageName, image.name) },
    labels: factOf(facts.labels, labels),
  });
}

function factOf<T>({ state, by, why = "the test says so" }: FactStatus, value: T | undefined): Fact<T> {
  if (state === "unknown") return unknown(why);
  if (state === "absent" || value === undefined) return absent(why);
  return by === "author" ? byAuthor(value) : byEngine(value);
}
