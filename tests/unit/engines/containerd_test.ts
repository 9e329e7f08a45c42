/** Databases and annotations as containerd 1.6.20 and 2.4.2 left them while a container was created. */
import assert from "node:assert/strict";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, fixture, recordHost, zipped } from "./record_host.ts";
import { lookedUp, seen } from "./seen.ts";

const sandboxSpec: Spec = JSON.parse(fixture("containerd/sandbox_config.json"));
const containerSpec: Spec = JSON.parse(fixture("containerd/container_config.json"));
const pod = sandboxSpec.annotations!["io.kubernetes.cri.sandbox-id"]!;
const container = "52a6dd73a53c59880f626f1a27af43a838426525db729fb99348897248b68d41";
const root = "/var/lib/containerd";

function bundleOf(namespace: string, id: string): string {
  return `/run/containerd/io.containerd.runtime.v2.task/${namespace}/${id}`;
}

function seenTask(namespace: string, id: string, spec: Spec) {
  const bundle = bundleOf(namespace, id);
  return seen(recordHost({ [`${bundle}/config.json`]: "" }), { id, bundle, spec });
}

/** A machine with containerd's database and these blobs, by their hashes. */
function machine(
  { namespace, id, database, blobs = {}, changes = {} }: {
    namespace: string;
    id: string;
    database: Uint8Array;
    blobs?: Record<string, string>;
    changes?: Record<string, Entry>;
  },
) {
  const bundle = bundleOf(namespace, id);
  const content = Object.entries(blobs).map(([hash, text]) =>
    [`${root}/io.containerd.content.v1.content/blobs/sha256/${hash}`, { text, mode: 0o444 }] as const
  );
  return recordHost({
    [`${bundle}/config.json`]: "",
    [`${bundle}/work`]: { link: `${root}/io.containerd.runtime.v2.task/${namespace}/${id}`, mode: 0o777 },
    [`${root}/io.containerd.metadata.v1.bolt/meta.db`]: database,
    ...Object.fromEntries(content),
    ...changes,
  });
}

Deno.test("a container of Kubernetes' through containerd is known by its annotations", () => {
  const notAsked = "containerd's database was not read: no plugin asks for an image or labels";
  assert.deepEqual(seenTask("k8s.io", container, containerSpec), {
    engine: "containerd",
    names: ["front"],
    role: "workload",
    image: { name: "docker.io/library/pausey:1", id: undefined, digest: undefined },
    labels: {},
    userLabels: undefined,
    why: ["id", "digest", "labels", "userLabels"].map((name) => `${name} unknown: ${notAsked}`).join("; "),
  });
});

Deno.test("the pod's own container is a sandbox, with the pod's name", () => {
  const identity = seenTask("k8s.io", pod, sandboxSpec);
  assert.deepEqual([identity.role, identity.names], ["sandbox", ["web-0"]]);
});

Deno.test("a container that says it is a sandbox of another id is a workload", () => {
  assert.equal(seenTask("k8s.io", container, sandboxSpec).role, "workload");
});

Deno.test("CRI's annotations are not believed in another namespace, where any client sets them", () => {
  const identity = seenTask("default", pod, sandboxSpec);
  assert.deepEqual([identity.role, identity.image.name], ["workload", undefined]);
});

Deno.test("a digest in an image's name was taken for the image's digest", () => {
  const annotations = {
    ...containerSpec.annotations,
    "io.kubernetes.cri.image-name": `registry.k8s.io/app@sha256:${"c".repeat(64)}`,
  };
  const identity = seenTask("k8s.io", container, { ...containerSpec, annotations });
  assert.equal(identity.image.digest, undefined);
});

Deno.test("a container that ctr started in docker's namespace is not taken for docker's", () => {
  assert.equal(seenTask("moby", "web", {}).engine, "containerd");
});

// Made by crictl on containerd 2.4.2 with pod_annotations = ["*"]: the pod's author wrote image-name, container-name,
// sandbox-uid and more, and user_specified_image is invented.
const NEWER = {
  sandbox: "387ec682df3d084cb3c3e6e9e530061709e2d85a1ce5c16023d538ae190c514e",
  container: "7f86e97c41ec91dc0d1bf04cb22cdbe5a6d650bf0c580c6551feab437bef3a95",
  config: "908a3a3aca9f125c703d9923a67df2ad0694c5792e132672150e3b21f5198e76",
  index: "6ffabf635d38cfaafe4774e47c7f15a2aba2cc355219a8a2f4d54fbc9b3cb46e",
};

async function newer(kind: "sandbox" | "container", changes: Record<string, Entry> = {}) {
  const id = NEWER[kind];
  const database = await zipped("containerd/meta_2.4.db.gz");
  const blobs = { [NEWER.config]: fixture("containerd/image.json") };
  const host = machine({ namespace: "k8s.io", id, database, blobs, changes });
  const spec: Spec = JSON.parse(fixture(`containerd/${kind}_2.4.json`));
  return { host, call: { id, bundle: bundleOf("k8s.io", id), spec } };
}

Deno.test("a sandbox's image was whatever its pod's author wrote into image-name", async () => {
  const { host, call } = await newer("sandbox");
  assert.match(call.spec.annotations!["io.kubernetes.cri.image-name"]!, /^evil/);
  assert.equal(seen(host, call).image.name, undefined);
  const identity = await lookedUp(host, call);
  assert.deepEqual([identity.role, identity.names, identity.image], ["sandbox", ["web-0"], {
    name: "docker.io/library/pause:1",
    id: undefined,
    digest: undefined,
  }]);
  assert.deepEqual(identity.labels, { team: "payments", both: "pod" });
});

Deno.test("containerd's database has a CRI container's image, and the labels of pod, container and image", async () => {
  const { host, call } = await newer("container");
  assert.deepEqual(await lookedUp(host, call), {
    engine: "containerd",
    names: ["front"],
    role: "workload",
    image: {
      name: `invented.example/x@sha256:${"b".repeat(64)}`,
      id: `sha256:${NEWER.config}`,
      digest: `sha256:${NEWER.index}`,
    },
    labels: {
      both: "container",
      "org.example.both": "container",
      "org.example.from": "image",
      team: "payments",
    },
    userLabels: { both: "container", "org.example.both": "container", team: "payments" },
    why: "",
  });
});

Deno.test("without the image's blob its labels are unknown, and id, digest and the user's labels are not", async () => {
  const blob = `${root}/io.containerd.content.v1.content/blobs/sha256/${NEWER.config}`;
  const { host, call } = await newer("container", { [blob]: { uid: 1000 } });
  const { image, labels, userLabels, why } = await lookedUp(host, call);
  assert.deepEqual([image.id, labels, userLabels?.team], [`sha256:${NEWER.config}`, {}, "payments"]);
  assert.match(why, /^labels unknown: .*belongs to user 1000/);
});

// Made in the same way on containerd 1.6.20, with a container of ctr's beside it.
const OLDER = {
  sandbox: "23693806e53df48ef359daea61f520eb3584bed7d950fbd79380618fae8e2e46",
  container: "a160a1fcd282f1d7ed549e2d2c30ea4283ce9b4a8bb1188f6f31980abfdad94d",
};

async function older(namespace: string, id: string, spec: Spec = {}, changes: Record<string, Entry> = {}) {
  const database = await zipped("containerd/meta_1.6.db.gz");
  const blobs = { [NEWER.config]: fixture("containerd/image.json") };
  const host = machine({ namespace, id, database, blobs, changes });
  return await lookedUp(host, { id, bundle: bundleOf(namespace, id), spec });
}

function annotated(type: "sandbox" | "container"): Spec {
  return {
    annotations: {
      "io.kubernetes.cri.container-type": type,
      "io.kubernetes.cri.sandbox-id": OLDER.sandbox,
      "io.kubernetes.cri.image-name": "evil",
    },
  };
}

Deno.test("containerd 1.6 has no digest in its record, and it is found by the image's id", async () => {
  const identity = await older("k8s.io", OLDER.container, annotated("container"));
  assert.deepEqual([identity.image.id, identity.image.digest], [
    `sha256:${NEWER.config}`,
    `sha256:${NEWER.index}`,
  ]);
  assert.deepEqual(identity.userLabels, {
    both: "container",
    "org.example.both": "container",
    team: "payments",
  });
});

Deno.test("containerd 1.6 has the sandbox's image in its database, and nowhere else", async () => {
  const { role, image, labels } = await older("k8s.io", OLDER.sandbox, annotated("sandbox"));
  assert.deepEqual([role, image.name], ["sandbox", "docker.io/library/pause:1"]);
  assert.deepEqual(labels, { both: "pod", team: "payments" });
});

Deno.test("of what ctr started the image's name and the labels are known, and not what the name means", async () => {
  const { engine, names, role, image, labels, userLabels, why } = await older("default", "one");
  assert.deepEqual([engine, names, role], ["containerd", ["one"], "workload"]);
  assert.deepEqual(image, { name: "docker.io/library/lab:1", id: undefined, digest: undefined });
  assert.deepEqual([labels.user, labels["org.example.from"], userLabels], ["yes", "image", undefined]);
  assert.match(why, /^id unknown: containerd's record has the image's name alone/);
});

Deno.test("what ctr started has an unknown image where the database does not know it, or cannot be read", async () => {
  const path = `${root}/io.containerd.metadata.v1.bolt/meta.db`;
  const cases: [string, Record<string, Entry>, RegExp][] = [
    ["three", {}, /name unknown: containerd's record of this container was not found/],
    [
      "one",
      { [path]: "damaged" },
      /name unknown: .*meta\.db cannot be read: it has no meta page that is whole/,
    ],
    ["one", { [path]: { uid: 1000 } }, /name unknown: .*belongs to user 1000/],
    ["one", { [`${bundleOf("default", "one")}/work`]: "" }, /name unknown: .*was not found/],
  ];
  for (const [id, changes, why] of cases) {
    const identity = await older("default", id, {}, changes);
    assert.deepEqual([identity.engine, identity.image.name, identity.labels], ["containerd", undefined, {}]);
    assert.match(identity.why, why);
  }
});
