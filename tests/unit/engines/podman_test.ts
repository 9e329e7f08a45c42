import assert from "node:assert/strict";
import { identify } from "../../../mod/engines/identify.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, fixture, recordHost } from "./record_host.ts";

const storage = "/var/lib/containers/storage";
const containers = fixture("podman/containers.json");
const [web, infra] = JSON.parse(containers) as {
  id: string;
  image: string;
  names: string[];
  metadata: string;
}[];
const spec: Spec = JSON.parse(fixture("podman/config.json"));
const infraSpec: Spec = JSON.parse(fixture("podman/infra_config.json"));

function callOf(id: string, spec: Spec, root = storage) {
  return { id, bundle: `${root}/overlay-containers/${id}/userdata`, spec };
}

/** A machine with podman's storage below `root`, as podman 4.3.1 lays it out. */
function machine(root = storage, changes: Record<string, Entry> = {}): Record<string, Entry> {
  return {
    [`${root}/overlay-containers/containers.json`]: { text: containers, mode: 0o600 },
    [`${root}/overlay-images/images.json`]: { text: fixture("podman/images.json"), mode: 0o600 },
    [`${root}/overlay-images/${web!.image}/=${btoa(`sha256:${web!.image}`)}`]: fixture("podman/image.json"),
    ...changes,
  };
}

Deno.test("podman's storage gives name, image, digest and the image's labels", () => {
  assert.deepEqual(identify(recordHost(machine()), callOf(web!.id, spec)), {
    engine: "podman",
    names: ["pweb"],
    role: "workload",
    image: {
      name: "localhost/eng:1",
      id: `sha256:${web!.image}`,
      digest: "sha256:d7f5e94d9842320dabf75667f823df152c3cd3d910a8063037d3318e965e6885",
    },
    labels: { "org.example.both": "image", "org.example.from": "image" },
    notes: ["podman keeps a container's own labels in its database, so labels are the image's alone"],
  });
});

Deno.test("podman --annotation io.kubernetes.cri-o.ContainerType=sandbox makes no sandbox", () => {
  assert.equal(spec.annotations!["io.kubernetes.cri-o.ContainerType"], "sandbox");
  assert.equal(identify(recordHost(machine()), callOf(web!.id, spec)).role, "workload");
});

Deno.test("podman --annotation io.container.manager=cri-o makes no container of CRI-O's", () => {
  const annotations = {
    ...spec.annotations,
    "io.container.manager": "cri-o",
    "io.kubernetes.cri-o.SandboxID": web!.id,
  };
  const identity = identify(recordHost(machine()), callOf(web!.id, { ...spec, annotations }));
  assert.deepEqual([identity.engine, identity.role, identity.sandboxId], ["podman", "workload", undefined]);
});

Deno.test("the pause container of podman's own image is a sandbox", () => {
  assert.equal(identify(recordHost(machine()), callOf(infra!.id, infraSpec)).role, "sandbox");
});

Deno.test("a container that only resembles podman's pause container is a workload", () => {
  const over = (destination: string) => ({ ...infraSpec, mounts: [...infraSpec.mounts!, { destination }] });
  const specs: Spec[] = [
    { ...infraSpec, process: { args: ["/catatonit", "-P", "/evil"] } },
    { ...infraSpec, process: { args: ["/evil"] } },
    over("/catatonit"),
    over("//catatonit/"),
    over("/x/../catatonit"),
    over("/"),
    { ...infraSpec, mounts: undefined },
  ];
  for (const spec of specs) {
    assert.equal(
      identify(recordHost(machine()), callOf(infra!.id, spec)).role,
      "workload",
      JSON.stringify(spec),
    );
  }
});

Deno.test("podman's pause program in another image or under another name is a workload", () => {
  const others = [
    { ...infra!, metadata: infra!.metadata.replace("localhost/podman-pause", "localhost/evil") },
    { ...infra!, names: ["web"] },
  ];
  for (const entry of others) {
    const entries = machine(storage, {
      [`${storage}/overlay-containers/containers.json`]: JSON.stringify([entry]),
    });
    assert.equal(identify(recordHost(entries), callOf(infra!.id, infraSpec)).role, "workload");
  }
});

Deno.test("another graphroot than the default is found by the bundle", () => {
  assert.deepEqual(identify(recordHost(machine("/srv/pods")), callOf(web!.id, spec, "/srv/pods")).names, [
    "pweb",
  ]);
});

Deno.test("with a transient store the bundle is in the runroot and the images in the graphroot", () => {
  const runroot = "/run/containers/storage";
  const entries = machine();
  delete entries[`${storage}/overlay-containers/containers.json`];
  entries[`${runroot}/overlay-containers/volatile-containers.json`] = containers;
  const identity = identify(recordHost(entries), callOf(web!.id, spec, runroot));
  assert.deepEqual([identity.names, identity.labels["org.example.from"]], [["pweb"], "image"]);
});

Deno.test("a graphroot in a folder that others can write is noted and nothing there is believed", () => {
  const entries = machine("/tmp/pods", { "/tmp": { folder: true, mode: 0o1777 } });
  const identity = identify(recordHost(entries), callOf(web!.id, spec, "/tmp/pods"));
  assert.deepEqual([identity.engine, identity.names, identity.role], ["none", [], "workload"]);
  assert.match(identity.notes.join(), /\/tmp can be written by others/);
});

Deno.test("a bundle that podman gave to a mapped user is podman's all the same", () => {
  const folder = `${storage}/overlay-containers/${web!.id}/userdata`;
  const entries = machine(storage, { [folder]: { folder: true, uid: 100000 } });
  assert.deepEqual(identify(recordHost(entries), callOf(web!.id, spec)).names, ["pweb"]);
});

Deno.test("a list of containers over the limit is noted, and the container is a workload without a name", () => {
  const path = `${storage}/overlay-containers/containers.json`;
  const entries = machine(storage, { [path]: { text: containers, size: 9 * 1024 * 1024 } });
  const identity = identify(recordHost(entries), callOf(infra!.id, infraSpec));
  assert.deepEqual([identity.engine, identity.names, identity.role], ["podman", [], "workload"]);
  assert.match(identity.notes.join(), /the list of containers .* more than the limit of 8.0 MiB/);
});

Deno.test("an untrusted list of containers is noted and not used", () => {
  const path = `${storage}/overlay-containers/containers.json`;
  const identity = identify(
    recordHost(machine(storage, { [path]: { text: containers, uid: 1000 } })),
    callOf(web!.id, spec),
  );
  assert.deepEqual(identity.names, []);
  assert.match(identity.notes.join(), /belongs to user 1000/);
});

Deno.test("without the image's records name and image id stay, and the missing labels are noted", () => {
  const entries = { [`${storage}/overlay-containers/containers.json`]: containers };
  const identity = identify(recordHost(entries), callOf(web!.id, spec));
  assert.equal(identity.image.name, "localhost/eng:1");
  assert.deepEqual(identity.labels, {});
  assert.match(identity.notes.join(), /labels were not found/);
});
