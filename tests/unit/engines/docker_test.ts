import assert from "node:assert/strict";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, fixture, recordHost } from "./record_host.ts";
import { seen } from "./seen.ts";

const record = fixture("docker/config.v2.json");
const { ID: id, Image: image } = JSON.parse(record) as { ID: string; Image: string };
const spec: Spec = JSON.parse(fixture("docker/config.json"));
const bundles = "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby";
const call = { id, bundle: `${bundles}/${id}`, spec };

/** A machine with this container below `root`, as docker 20.10 lays it out. */
function machine(root = "/var/lib/docker", changes: Record<string, Entry> = {}): Record<string, Entry> {
  return {
    [`${bundles}/${id}/config.json`]: "",
    [`${root}/containers/${id}/config.v2.json`]: { text: record, mode: 0o600 },
    [`${root}/image/overlay2/imagedb/content/${image.replace(":", "/")}`]: fixture("docker/image.json"),
    [`${root}/image/overlay2/repositories.json`]: fixture("docker/repositories.json"),
    ...changes,
  };
}

Deno.test("docker's record gives name, image and labels, and the user's labels apart from the image's", () => {
  assert.deepEqual(seen(recordHost(machine()), call), {
    engine: "docker",
    names: ["web"],
    role: "workload",
    image: { name: "eng:1", id: image, digest: undefined },
    labels: {
      "org.example.both": "user",
      "org.example.from": "image",
      "org.example.same": "image",
      "org.example.user": "me",
    },
    userLabels: { "org.example.both": "user", "org.example.user": "me" },
    why: "digest absent: docker knows no digest of the image: it was built or imported here",
  });
});

Deno.test("docker on the system's containerd is docker too", () => {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/moby/${id}`;
  const identity = seen(recordHost(machine(undefined, { [`${bundle}/config.json`]: "" })), {
    ...call,
    bundle,
  });
  assert.deepEqual([identity.engine, identity.names], ["docker", ["web"]]);
});

Deno.test("annotations and labels of a sandbox do not make a docker container one", () => {
  const forged = {
    "io.kubernetes.cri.container-type": "sandbox",
    "io.kubernetes.cri-o.ContainerType": "sandbox",
  };
  const identity = seen(recordHost(machine()), { ...call, spec: { ...spec, annotations: forged } });
  assert.equal(identity.role, "workload");
});

Deno.test("a digest is known where one pull or push of the image is on record", () => {
  const digest = `sha256:${"d".repeat(64)}`;
  const repositories = { Repositories: { eng: { "eng:1": image, [`eng@${digest}`]: image } } };
  const path = "/var/lib/docker/image/overlay2/repositories.json";
  const host = recordHost(machine(undefined, { [path]: JSON.stringify(repositories) }));
  assert.equal(seen(host, call).image.digest, digest);
});

Deno.test("a digest is unknown where the image has several", () => {
  const repositories = {
    Repositories: {
      eng: { [`eng@sha256:${"d".repeat(64)}`]: image },
      other: { [`other@sha256:${"e".repeat(64)}`]: image },
    },
  };
  const path = "/var/lib/docker/image/overlay2/repositories.json";
  const identity = seen(recordHost(machine(undefined, { [path]: JSON.stringify(repositories) })), call);
  assert.equal(identity.image.digest, undefined);
  assert.match(identity.why, /several digests/);
});

Deno.test("the data-root of daemon.json is used", () => {
  const entries = machine("/data/docker", { "/etc/docker/daemon.json": `{"data-root": "/data/docker"}` });
  assert.deepEqual(seen(recordHost(entries), { ...call, spec: {} }).names, ["web"]);
});

Deno.test("the data-root that the administrator names is used", () => {
  const identity = seen(recordHost(machine("/data/docker")), { ...call, spec: {} }, {
    docker: "/data/docker",
  });
  assert.deepEqual(identity.names, ["web"]);
});

Deno.test("a data-root that only config.json's root shows is used, as with remapped users", () => {
  const root = "/var/lib/docker/165536.165536";
  const remapped = { ...spec, root: { path: `${root}/overlay2/${"a".repeat(64)}/merged` } };
  assert.deepEqual(seen(recordHost(machine(root)), { ...call, spec: remapped }).names, ["web"]);
});

Deno.test("a record that others than root can write is noted and not used", () => {
  for (const untrusted of [{ text: record, uid: 1000 }, { text: record, mode: 0o666 }]) {
    const path = `/var/lib/docker/containers/${id}/config.v2.json`;
    const identity = seen(recordHost(machine(undefined, { [path]: untrusted })), call);
    assert.deepEqual([identity.engine, identity.names, identity.image], ["docker", [], {
      name: undefined,
      id: undefined,
      digest: undefined,
    }]);
    assert.match(identity.why, /is not trusted/);
  }
});

Deno.test("a record below a folder that others can write is noted and not used", () => {
  const entries = machine("/srv/docker", { "/srv": { folder: true, mode: 0o777 } });
  const identity = seen(recordHost(entries), call, { docker: "/srv/docker" });
  assert.deepEqual(identity.names, []);
  assert.match(identity.why, /\/srv can be written by others/);
});

Deno.test("a record that names another container is not used", () => {
  const path = `/var/lib/docker/containers/${id}/config.v2.json`;
  const other = record.replace(id, "f".repeat(64));
  const identity = seen(recordHost(machine(undefined, { [path]: other })), call);
  assert.deepEqual(identity.names, []);
});

Deno.test("a missing, broken or huge record leaves a docker container without a name, with the reason", () => {
  const path = `/var/lib/docker/containers/${id}/config.v2.json`;
  const cases: [Entry | undefined, RegExp][] = [
    [undefined, /was not found/],
    ["{", /is not JSON/],
    [{ text: record, size: 9 * 1024 * 1024 }, /more than the limit/],
  ];
  for (const [entry, reason] of cases) {
    const entries = machine();
    if (entry === undefined) delete entries[path];
    else entries[path] = entry;
    const identity = seen(recordHost(entries), call);
    assert.equal(identity.engine, "docker");
    assert.match(identity.why, reason);
  }
});

Deno.test("without the image's record the user's labels are not known apart", () => {
  const entries = machine();
  delete entries[`/var/lib/docker/image/overlay2/imagedb/content/${image.replace(":", "/")}`];
  entries["/var/lib/docker/image/overlay2/imagedb/content/sha256"] = { folder: true };
  const identity = seen(recordHost(entries), call);
  assert.equal(identity.userLabels, undefined);
  assert.equal(identity.labels["org.example.user"], "me");
  assert.match(identity.why, /userLabels unknown: docker's image record was not found/);
});

Deno.test("a record that docker exchanges while it is opened is read again", () => {
  const host = recordHost(machine());
  const path = `/var/lib/docker/containers/${id}/config.v2.json`;
  let exchanges = 2;
  const lstat = host.lstat;
  host.lstat = (asked) => {
    const status = lstat(asked);
    return asked === path && status && exchanges-- > 0 ? { ...status, inode: 999 } : status;
  };
  assert.deepEqual(seen(host, call).names, ["web"]);
});

/** As docker with the containerd image store (moby v2.0.0-beta.24) keeps it; blobs lie in its own containerd. */
function withContentStore(
  changes: Record<string, Entry> = {},
  content = "/var/lib/docker/containerd/daemon",
) {
  const newer = fixture("docker/config.v2_containerd_store.json");
  const { ID: id, ImageManifest: { digest } } = JSON.parse(newer);
  const bundle = `${bundles}/${id}`;
  const blobs = `${content}/io.containerd.content.v1.content/blobs/sha256`;
  const host = recordHost({
    [`${bundle}/config.json`]: "",
    [`/var/lib/docker/containers/${id}/config.v2.json`]: { text: newer, mode: 0o600 },
    [`${blobs}/${digest.replace("sha256:", "")}`]: fixture("containerd/manifest.json"),
    [`${blobs}/${CONFIG}`]: fixture("containerd/image.json"),
    ...changes,
  });
  return seen(host, { id, bundle, spec: {} });
}

const CONFIG = "908a3a3aca9f125c703d9923a67df2ad0694c5792e132672150e3b21f5198e76";
const INDEX = "sha256:6ffabf635d38cfaafe4774e47c7f15a2aba2cc355219a8a2f4d54fbc9b3cb46e";

Deno.test("with the containerd image store the image's labels lie in the content store", () => {
  assert.deepEqual(withContentStore(), {
    engine: "docker",
    names: ["keep"],
    role: "workload",
    image: { name: "lab:1", id: `sha256:${CONFIG}`, digest: INDEX },
    labels: { "org.example.both": "user", "org.example.from": "image", user: "me" },
    userLabels: { "org.example.both": "user", user: "me" },
    why: "",
  });
});

Deno.test("with the system's containerd the content store is found by the bundle", () => {
  const { ID: id } = JSON.parse(fixture("docker/config.v2_containerd_store.json"));
  const link = `/srv/containerd/io.containerd.runtime.v2.task/moby/${id}`;
  const identity = withContentStore({ [`${bundles}/${id}/work`]: { link, mode: 0o777 } }, "/srv/containerd");
  assert.equal(identity.image.id, `sha256:${CONFIG}`);
});

Deno.test("without the content store's blobs a manifest's digest was taken for the image's id", () => {
  const identity = withContentStore({}, "/elsewhere");
  assert.deepEqual([identity.image.name, identity.image.id, identity.userLabels], [
    "lab:1",
    undefined,
    undefined,
  ]);
  assert.equal(identity.labels["org.example.from"], "image");
  assert.match(identity.why, /id unknown: the image's manifest is not in the content store/);
});

Deno.test("a list of images without the one that was taken leaves the image's id unknown", () => {
  const newer = JSON.parse(fixture("docker/config.v2_containerd_store.json"));
  delete newer.ImageManifest;
  const blobs = "/var/lib/docker/containerd/daemon/io.containerd.content.v1.content/blobs/sha256";
  const identity = withContentStore({
    [`/var/lib/docker/containers/${newer.ID}/config.v2.json`]: JSON.stringify(newer),
    [`${blobs}/${INDEX.replace("sha256:", "")}`]: fixture("containerd/index.json"),
  });
  assert.equal(identity.image.id, undefined);
  assert.match(identity.why, /the image is a list of images, and which one it is, is unknown/);
});

Deno.test("docker with userns-remap was taken for another client of containerd's", () => {
  const bundle = `/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby-200000.200000/${id}`;
  const entries = machine("/var/lib/docker/200000.200000", { [`${bundle}/config.json`]: "" });
  const identity = seen(recordHost(entries), { id, bundle, spec: {} });
  assert.deepEqual([identity.engine, identity.names, identity.image.name], ["docker", ["web"], "eng:1"]);
  assert.deepEqual(identity.userLabels, { "org.example.both": "user", "org.example.user": "me" });
});

Deno.test("docker in the containerd namespace that daemon.json names is docker", () => {
  for (const [namespace, engine] of [["own", "docker"], ["own-1.1", "docker"], ["other", "containerd"]]) {
    const bundle = `/run/containerd/io.containerd.runtime.v2.task/${namespace}/${id}`;
    const entries = machine("/var/lib/docker", {
      [`${bundle}/config.json`]: "",
      "/etc/docker/daemon.json": `{"containerd-namespace": "own"}`,
    });
    assert.equal(seen(recordHost(entries), { id, bundle, spec: {} }).engine, engine);
  }
});
