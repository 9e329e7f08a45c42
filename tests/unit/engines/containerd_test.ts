import assert from "node:assert/strict";
import { identify } from "../../../mod/engines/identify.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { fixture, recordHost } from "./record_host.ts";

const sandboxSpec: Spec = JSON.parse(fixture("containerd/sandbox_config.json"));
const containerSpec: Spec = JSON.parse(fixture("containerd/container_config.json"));
const pod = sandboxSpec.annotations!["io.kubernetes.cri.sandbox-id"]!;
const container = "52a6dd73a53c59880f626f1a27af43a838426525db729fb99348897248b68d41";

function identifyTask(namespace: string, id: string, spec: Spec) {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/${namespace}/${id}`;
  return identify(recordHost({ [`${bundle}/config.json`]: "" }), { id, bundle, spec });
}

Deno.test("a container of Kubernetes' through containerd is known by its annotations", () => {
  assert.deepEqual(identifyTask("k8s.io", container, containerSpec), {
    engine: "containerd",
    names: ["front"],
    role: "workload",
    image: { name: "docker.io/library/pausey:1", digest: undefined },
    labels: {},
    namespace: "k8s.io",
    sandboxId: pod,
    pod: { name: "web-0", namespace: "shop", uid: "5f3a" },
    notes: ["containerd hands a pod's labels to no runtime, so they are unknown"],
  });
});

Deno.test("the pod's own container is a sandbox, with the pod's name", () => {
  const identity = identifyTask("k8s.io", pod, sandboxSpec);
  assert.deepEqual([identity.role, identity.names, identity.sandboxId], ["sandbox", ["web-0"], pod]);
});

Deno.test("a container that says it is a sandbox of another id is a workload", () => {
  assert.equal(identifyTask("k8s.io", container, sandboxSpec).role, "workload");
});

Deno.test("CRI's annotations are not believed in another namespace, where any client sets them", () => {
  const identity = identifyTask("default", pod, sandboxSpec);
  assert.deepEqual([identity.role, identity.pod, identity.image], ["workload", undefined, {}]);
});

Deno.test("an image that was asked for by digest has it", () => {
  const digest = `sha256:${"c".repeat(64)}`;
  const annotations = {
    ...containerSpec.annotations,
    "io.kubernetes.cri.image-name": `registry.k8s.io/app@${digest}`,
  };
  assert.equal(identifyTask("k8s.io", container, { ...containerSpec, annotations }).image.digest, digest);
});

Deno.test("of a container that ctr started, the namespace is known and the rest is noted", () => {
  const identity = identifyTask("default", "c.one_1", JSON.parse(fixture("containerd/ctr_config.json")));
  assert.deepEqual([identity.engine, identity.namespace, identity.names], ["containerd", "default", [
    "c.one_1",
  ]]);
  assert.match(identity.notes.join(), /image and labels .* unknown/);
});

Deno.test("a container that ctr started in docker's namespace is not taken for docker's", () => {
  assert.equal(identifyTask("moby", "web", {}).engine, "containerd");
});
