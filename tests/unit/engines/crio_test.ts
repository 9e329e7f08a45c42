/** CRI-O is not on the machines that these were written on: its records are made by its source's words. */
import assert from "node:assert/strict";
import type { Spec } from "../../../mod/core/oci.ts";
import { fixture, recordHost } from "./record_host.ts";
import { seen } from "./seen.ts";

const graphroot = "/var/lib/containers/storage";
const runroot = "/run/containers/storage";
const pod = "a".repeat(64);
const container = "b".repeat(64);
const [{ id: image }] = JSON.parse(fixture("podman/images.json")) as [{ id: string }];

const sandboxEntry = {
  id: pod,
  names: ["k8s_POD_web-0_shop_5f3a_0", "k8s_web-0_shop_5f3a_0"],
  image,
  metadata: JSON.stringify({
    "pod-name": "k8s_web-0_shop_5f3a_0",
    "pod-id": pod,
    "image-name": "registry.k8s.io/pause:3.9",
    "image-id": image,
    "name": "k8s_POD_web-0_shop_5f3a_0",
    "metadata-name": "web-0",
    "pod": true,
  }),
};
const containerEntry = {
  id: container,
  names: ["k8s_front_web-0_shop_5f3a_0"],
  image,
  metadata: JSON.stringify({
    "pod-name": "k8s_web-0_shop_5f3a_0",
    "pod-id": pod,
    "image-name": image,
    "image-id": image,
    "name": "k8s_front_web-0_shop_5f3a_0",
    "metadata-name": "front",
  }),
};
const labels = { "io.kubernetes.container.name": "front", "io.kubernetes.pod.name": "web-0" };
const spec: Spec = {
  annotations: { "io.container.manager": "cri-o", "io.kubernetes.cri-o.Labels": JSON.stringify(labels) },
};

function callOf(id: string, changes: Spec = spec) {
  return { id, bundle: `${runroot}/overlay-containers/${id}/userdata`, spec: changes };
}

function machine(entries: unknown[], list = "volatile-containers.json") {
  return recordHost({
    [`${runroot}/overlay-containers/${pod}/userdata/config.json`]: "",
    [`${graphroot}/overlay-containers/${list}`]: JSON.stringify(entries),
    [`${graphroot}/overlay-images/images.json`]: fixture("podman/images.json"),
    [`${graphroot}/overlay-images/${image}/=${btoa(`sha256:${image}`)}`]: fixture("podman/image.json"),
  });
}

Deno.test("CRI-O's storage gives names, pod and the image's name, which kubelet asks for by id", () => {
  assert.deepEqual(seen(machine([sandboxEntry, containerEntry]), callOf(container)), {
    engine: "cri-o",
    names: ["front", "k8s_front_web-0_shop_5f3a_0"],
    role: "workload",
    image: {
      name: "localhost/eng:1",
      id: `sha256:${image}`,
      digest: "sha256:d7f5e94d9842320dabf75667f823df152c3cd3d910a8063037d3318e965e6885",
    },
    labels: { "org.example.both": "image", "org.example.from": "image", ...labels },
    userLabels: labels,
    why: "",
  });
});

Deno.test("the pod's own container is a sandbox by CRI-O's record", () => {
  const identity = seen(machine([sandboxEntry, containerEntry], "containers.json"), callOf(pod));
  assert.deepEqual([identity.role, identity.image.name], ["sandbox", "registry.k8s.io/pause:3.9"]);
});

Deno.test("a pod's annotations, which CRI-O adds after its own, make no sandbox", () => {
  const annotations = {
    ...spec.annotations,
    "io.kubernetes.cri-o.ContainerType": "sandbox",
    "io.kubernetes.cri-o.SandboxID": container,
  };
  assert.equal(seen(machine([containerEntry]), callOf(container, { annotations })).role, "workload");
});

Deno.test("a record that calls a container a pod under another id makes no sandbox", () => {
  const entry = { ...sandboxEntry, id: container };
  assert.equal(seen(machine([entry]), callOf(container)).role, "workload");
});

Deno.test("without a record the annotations of CRI-O are not believed", () => {
  const annotations = { ...spec.annotations, "io.kubernetes.cri-o.ContainerType": "sandbox" };
  const identity = seen(machine([]), callOf(pod, { annotations }));
  assert.deepEqual([identity.engine, identity.role], [undefined, undefined]);
  assert.match(identity.why, /does not name this container/);
});

Deno.test("labels that are no JSON are not known, the image's not either", () => {
  const annotations = { "io.kubernetes.cri-o.Labels": "{" };
  const identity = seen(machine([containerEntry]), callOf(container, { annotations }));
  assert.deepEqual([identity.labels, identity.userLabels], [{}, undefined]);
  assert.match(identity.why, /cri-o\.Labels/);
});
