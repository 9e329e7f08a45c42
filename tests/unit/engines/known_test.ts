/**
 * Every condition of `when` for every engine: known, known to be absent, or not known; a gate denies at the third.
 * docs/engines.md has the table.
 */
import assert from "node:assert/strict";
import { ENGINES } from "../../../mod/core/engines.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { matchNarrowing, type When, type WhenFacts } from "../../../mod/core/when.ts";
import { whenFacts } from "../../../mod/core/when_facts.ts";
import { identify } from "../../../mod/engines/identify.ts";
import type { Host } from "../../../mod/host/host.ts";
import { type Entry, fixture, recordHost, zipped } from "./record_host.ts";

type State = "known" | "absent" | "unknown";

/** What config.json holds is known whoever started the container. */
const OF_CONFIG = ["annotations", "env", "commands", "hasBindMounts", "operation"] as const;

/** What the engine's records hold. */
type OfEngine = Exclude<keyof WhenFacts, typeof OF_CONFIG[number]>;

/** A condition of each kind that any value fulfils. */
const ANY: Record<keyof WhenFacts, When> = {
  annotations: { annotations: { "": "" } },
  labels: { labels: { "": "" } },
  env: { env: { "": "" } },
  commands: { commands: [""] },
  hasBindMounts: { hasBindMounts: true },
  image: { image: [""] },
  engine: { engine: ["docker", "containerd", "cri-o", "podman", "none"] },
  operation: { operation: ["create"] },
  role: { role: ["workload", "sandbox"] },
};

interface Situation {
  host: Host;
  id: string;
  bundle: string;
  annotations?: Record<string, string>;
  states: Record<OfEngine, State>;
}

const id = "c".repeat(64);
const image = "d".repeat(64);
const [all, none]: Record<OfEngine, State>[] = [
  { labels: "known", image: "known", engine: "known", role: "known" },
  { labels: "unknown", image: "unknown", engine: "unknown", role: "unknown" },
] as const;

function storage(list: unknown[], changes: Record<string, Entry> = {}, row?: object): Situation {
  const root = "/var/lib/containers/storage";
  const entries = {
    [`${root}/overlay-containers/containers.json`]: JSON.stringify(list),
    [`${root}/overlay-images/images.json`]: JSON.stringify([{ id: image, digest: `sha256:${image}` }]),
    [`${root}/overlay-images/${image}/=${btoa(`sha256:${image}`)}`]: `{"config": {"Labels": {"a": "b"}}}`,
    ...changes,
  };
  const host = recordHost(
    entries,
    () => Promise.resolve(row === undefined ? undefined : { JSON: JSON.stringify(row) }),
  );
  return { host, id, bundle: `${root}/overlay-containers/${id}/userdata`, states: all! };
}

const podmans = {
  id,
  names: ["web"],
  image,
  metadata: JSON.stringify({ "image-name": "localhost/app:1", name: "web" }),
};
const crios = {
  ...podmans,
  metadata: JSON.stringify({ "pod-id": "e".repeat(64), "image-name": "app:1", "metadata-name": "web" }),
};
const database = { "/var/lib/containers/storage/db.sql": "" };

function docker(namespace: string, root: string, record: unknown): Situation {
  const bundle = `/run/docker/containerd/daemon/io.containerd.runtime.v2.task/${namespace}/${id}`;
  const host = recordHost({
    [`${bundle}/config.json`]: "",
    ...record === undefined ? {} : { [`${root}/containers/${id}/config.v2.json`]: JSON.stringify(record) },
  });
  return { host, id, bundle, states: all! };
}

const dockers = {
  ID: id,
  Name: "/web",
  Image: `sha256:${image}`,
  Config: { Image: "app:1", Labels: { a: "b" } },
};

function task(namespace: string, id: string, database: Uint8Array | undefined, type?: string): Situation {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/${namespace}/${id}`;
  const blobs = "/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256";
  const host = recordHost({
    [`${bundle}/work`]: { link: `/var/lib/containerd/io.containerd.runtime.v2.task/${namespace}/${id}` },
    [`${blobs}/908a3a3aca9f125c703d9923a67df2ad0694c5792e132672150e3b21f5198e76`]: fixture(
      "containerd/image.json",
    ),
    ...database ? { "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db": database } : {},
  });
  const annotations: Record<string, string> = type === undefined ? {} : {
    "io.kubernetes.cri.container-type": type,
    "io.kubernetes.cri.sandbox-id": "387ec682df3d084cb3c3e6e9e530061709e2d85a1ce5c16023d538ae190c514e",
    "io.kubernetes.cri.image-name": "app:1",
  };
  return { host, id, bundle, annotations, states: all! };
}

const meta = await zipped("containerd/meta_2.4.db.gz");
const older = await zipped("containerd/meta_1.6.db.gz");
const [criSandbox, criContainer] = [
  "387ec682df3d084cb3c3e6e9e530061709e2d85a1ce5c16023d538ae190c514e",
  "7f86e97c41ec91dc0d1bf04cb22cdbe5a6d650bf0c580c6551feab437bef3a95",
] as const;
const ofContainerd = { ...none!, engine: "known", role: "known" } as const;

/** By the row of the table. */
const SITUATIONS: Record<string, Situation> = {
  "docker": docker("moby", "/var/lib/docker", dockers),
  "docker, userns-remap": docker("moby-200000.200000", "/var/lib/docker/200000.200000", dockers),
  "docker, record not found": {
    ...docker("moby", "/var/lib/docker", undefined),
    states: { ...none!, engine: "known", role: "known" },
  },
  "containerd, CRI": task("k8s.io", criContainer, meta, "container"),
  "containerd, CRI, sandbox": task("k8s.io", criSandbox, meta, "sandbox"),
  "containerd, CRI, database not found": {
    ...task("k8s.io", criContainer, undefined, "container"),
    states: { ...ofContainerd, image: "known" },
  },
  "containerd, ctr": task("default", "one", older),
  "containerd, ctr, database not found": { ...task("default", "one", undefined), states: ofContainerd },
  "cri-o": {
    ...storage([crios]),
    annotations: { "io.kubernetes.cri-o.Labels": "{}" },
  },
  "podman": storage([podmans], database, { id, labels: { a: "b" } }),
  "podman, `--rootfs`": {
    ...storage([{ ...podmans, image: "", metadata: "{}" }], database, { id, labels: { a: "b" } }),
    states: { ...all!, image: "absent" },
  },
  "podman, database not found": { ...storage([podmans]), states: { ...all!, labels: "unknown" } },
  "podman or CRI-O, record not found": { ...storage([]), states: none! },
  "a folder that others can write": {
    ...storage([podmans], { "/var/lib": { folder: true, mode: 0o777 } }),
    states: none!,
  },
  "none": {
    host: recordHost({ "/srv/bundle/config.json": "" }),
    id,
    bundle: "/srv/bundle",
    states: { labels: "absent", image: "absent", engine: "known", role: "known" },
  },
};

const spec: Spec = {
  process: { args: ["true"], env: ["A=b"] },
  mounts: [{ destination: "/x", type: "bind" }],
};

async function factsOf({ host, id, bundle, annotations = {} }: Situation): Promise<WhenFacts> {
  const own = { ...spec, annotations: { "": "", ...annotations } };
  const identity = identify(host, { id, bundle, spec: own });
  return whenFacts(own, "create", await identity.lookUp?.() ?? identity);
}

for (const [situation, made] of Object.entries(SITUATIONS)) {
  Deno.test(`${situation}: each condition of when is known, absent or unknown as the table says`, async () => {
    const facts = await factsOf(made);
    const expected: Record<string, State> = {
      ...Object.fromEntries(OF_CONFIG.map((name) => [name, "known"])),
      ...made.states,
    };
    assert.deepEqual(
      Object.fromEntries(Object.entries(facts).map(([name, { state }]) => [name, state])),
      expected,
    );
    for (const [name, when] of Object.entries(ANY)) {
      const state = expected[name];
      const { matches, undecided, reasons } = matchNarrowing(when, facts);
      assert.equal(matches, state === "known", `${name}: ${reasons}`);
      assert.equal(undecided.length, state === "unknown" ? 1 : 0, `${name}: ${reasons}`);
    }
  });
}

Deno.test("every engine has a row, and docs/engines.md the same rows", () => {
  const rows = Object.keys(SITUATIONS);
  for (const engine of [...ENGINES, "none"]) {
    assert.ok(rows.some((row) => row.startsWith(engine)), `${engine} has no row`);
  }
  const page = Deno.readTextFileSync(new URL("../../../docs/engines.md", import.meta.url));
  const table = page.split("\n").filter((line) =>
    !line.startsWith("| `") && /\| (known|absent|not known) +\|/.test(line)
  )
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const words = { known: "known", absent: "absent", unknown: "not known" } as const;
  const expected = Object.entries(SITUATIONS).map(([situation, { states }]) => [
    situation,
    ...(["engine", "role", "image", "labels"] as const).map((name) => words[states[name]]),
  ]);
  assert.deepEqual(table, expected);
});
