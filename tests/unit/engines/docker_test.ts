import assert from "node:assert/strict";
import { identify } from "../../../mod/engines/identify.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, fixture, recordHost } from "./record_host.ts";

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
  assert.deepEqual(identify(recordHost(machine()), call), {
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
    notes: ["docker knows no digest of the image: it was built or imported here"],
  });
});

Deno.test("docker on the system's containerd is docker too", () => {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/moby/${id}`;
  const identity = identify(recordHost(machine(undefined, { [`${bundle}/config.json`]: "" })), {
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
  const identity = identify(recordHost(machine()), { ...call, spec: { ...spec, annotations: forged } });
  assert.equal(identity.role, "workload");
});

Deno.test("a digest is known where one pull or push of the image is on record", () => {
  const digest = `sha256:${"d".repeat(64)}`;
  const repositories = { Repositories: { eng: { "eng:1": image, [`eng@${digest}`]: image } } };
  const path = "/var/lib/docker/image/overlay2/repositories.json";
  const host = recordHost(machine(undefined, { [path]: JSON.stringify(repositories) }));
  assert.equal(identify(host, call).image.digest, digest);
});

Deno.test("a digest is unknown where the image has several", () => {
  const repositories = {
    Repositories: {
      eng: { [`eng@sha256:${"d".repeat(64)}`]: image },
      other: { [`other@sha256:${"e".repeat(64)}`]: image },
    },
  };
  const path = "/var/lib/docker/image/overlay2/repositories.json";
  const identity = identify(recordHost(machine(undefined, { [path]: JSON.stringify(repositories) })), call);
  assert.equal(identity.image.digest, undefined);
  assert.match(identity.notes.join(), /several digests/);
});

Deno.test("the data-root of daemon.json is used", () => {
  const entries = machine("/data/docker", { "/etc/docker/daemon.json": `{"data-root": "/data/docker"}` });
  assert.deepEqual(identify(recordHost(entries), { ...call, spec: {} }).names, ["web"]);
});

Deno.test("the data-root that the administrator names is used", () => {
  const identity = identify(recordHost(machine("/data/docker")), { ...call, spec: {} }, {
    docker: "/data/docker",
  });
  assert.deepEqual(identity.names, ["web"]);
});

Deno.test("a data-root that only config.json's root shows is used, as with remapped users", () => {
  const root = "/var/lib/docker/165536.165536";
  const remapped = { ...spec, root: { path: `${root}/overlay2/${"a".repeat(64)}/merged` } };
  assert.deepEqual(identify(recordHost(machine(root)), { ...call, spec: remapped }).names, ["web"]);
});

Deno.test("a record that others than root can write is noted and not used", () => {
  for (const untrusted of [{ text: record, uid: 1000 }, { text: record, mode: 0o666 }]) {
    const path = `/var/lib/docker/containers/${id}/config.v2.json`;
    const identity = identify(recordHost(machine(undefined, { [path]: untrusted })), call);
    assert.deepEqual([identity.engine, identity.names, identity.image], ["docker", [], {}]);
    assert.match(identity.notes.join(), /is not trusted/);
  }
});

Deno.test("a record below a folder that others can write is noted and not used", () => {
  const entries = machine("/srv/docker", { "/srv": { folder: true, mode: 0o777 } });
  const identity = identify(recordHost(entries), call, { docker: "/srv/docker" });
  assert.deepEqual(identity.names, []);
  assert.match(identity.notes.join(), /\/srv can be written by others/);
});

Deno.test("a record that names another container is not used", () => {
  const path = `/var/lib/docker/containers/${id}/config.v2.json`;
  const other = record.replace(id, "f".repeat(64));
  const identity = identify(recordHost(machine(undefined, { [path]: other })), call);
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
    const identity = identify(recordHost(entries), call);
    assert.equal(identity.engine, "docker");
    assert.match(identity.notes.join(), reason);
  }
});

Deno.test("without the image's record the user's labels are not known apart", () => {
  const entries = machine();
  delete entries[`/var/lib/docker/image/overlay2/imagedb/content/${image.replace(":", "/")}`];
  const identity = identify(recordHost(entries), call);
  assert.equal(identity.userLabels, undefined);
  assert.equal(identity.labels["org.example.user"], "me");
  assert.match(identity.notes.join(), /which labels are the image's is unknown/);
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
  assert.deepEqual(identify(host, call).names, ["web"]);
});
