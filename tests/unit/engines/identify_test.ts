import assert from "node:assert/strict";
import fc from "fast-check";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, recordHost } from "./record_host.ts";
import { seen } from "./seen.ts";

const id = "c".repeat(64);
const sandbox = {
  "io.kubernetes.cri.container-type": "sandbox",
  "io.kubernetes.cri.sandbox-id": id,
  "io.kubernetes.cri-o.ContainerType": "sandbox",
};
const spec: Spec = { annotations: sandbox };

Deno.test("a bundle in no engine's place has no engine, whatever its annotations say", () => {
  const identity = seen(recordHost({ "/srv/bundle/config.json": "" }), {
    id,
    bundle: "/srv/bundle",
    spec,
  });
  assert.deepEqual([identity.engine, identity.role], ["none", "workload"]);
});

Deno.test("an engine's folder that another user owns is not believed", () => {
  const bundle = `/home/mallory/io.containerd.runtime.v2.task/k8s.io/${id}`;
  const host = recordHost({ "/home/mallory": { folder: true, uid: 1000 }, [`${bundle}/config.json`]: "" });
  const identity = seen(host, { id, bundle, spec });
  assert.deepEqual([identity.engine, identity.role], [undefined, undefined]);
  assert.match(identity.why, /engine unknown: .*\/home\/mallory belongs to user 1000/);
});

Deno.test("a link in an engine's place to a bundle elsewhere is judged by where it leads", () => {
  const place = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}`;
  const host = recordHost({ [place]: "", "/home/mallory/bundle/config.json": "" });
  host.realPath = () => "/home/mallory/bundle";
  assert.equal(seen(host, { id, bundle: place, spec }).engine, "none");
});

Deno.test("an engine's bundle that is run under another id is not that engine's container", () => {
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}`;
  const host = recordHost({ [`${bundle}/config.json`]: "" });
  assert.equal(seen(host, { id: "web", bundle, spec }).engine, "none");
});

Deno.test("an id that is not in the form of podman's and CRI-O's ids is none of theirs", () => {
  const bundle = "/var/lib/containers/storage/overlay-containers/web/userdata";
  assert.equal(
    seen(recordHost({ [bundle]: { folder: true } }), { id: "web", bundle, spec }).engine,
    "none",
  );
});

Deno.test("a bundle that does not exist has no engine", () => {
  const host = recordHost({});
  host.realPath = () => undefined;
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}`;
  assert.equal(seen(host, { id, bundle, spec }).engine, "none");
});

Deno.test("no id and no bundle lead to a path with .. in it", () => {
  const names = ["..", ".", "../../etc", "..x", `../${id}`, id, "moby", "k8s.io", "overlay"];
  const places = [
    (a: string, b: string) => `/run/io.containerd.runtime.v2.task/${a}/${b}`,
    (a: string, b: string) => `/run/${a}-containers/${b}/userdata`,
  ];
  const asked: string[] = [];
  const host = recordHost({});
  host.lstat = (path) => {
    asked.push(path);
    return recordHost({ "/": { folder: true } }).lstat("/");
  };
  for (const at of places) {
    for (const a of names) {
      for (const b of names) seen(host, { id: b, bundle: at(a, b), spec });
    }
  }
  assert.ok(asked.includes("/run/overlay-containers"));
  assert.deepEqual(asked.filter((path) => path.split("/").includes("..")), []);
});

Deno.test("no content of records or config.json is a defect of ours, or makes a sandbox of docker's or podman's", () => {
  const entry = fc.record({
    id: fc.constant(id),
    ID: fc.constant(id),
    Config: fc.jsonValue(),
    Image: fc.oneof(fc.constant(`sha256:${id}`), fc.jsonValue()),
    Driver: fc.jsonValue(),
    names: fc.jsonValue(),
    image: fc.oneof(fc.constant(id), fc.jsonValue()),
    metadata: fc.oneof(fc.json(), fc.jsonValue()),
    digest: fc.jsonValue(),
  });
  const bundle = fc.constantFrom(
    `/run/io.containerd.runtime.v2.task/moby/${id}`,
    `/run/overlay-containers/${id}/userdata`,
  );
  const content = fc.record({ annotations: fc.jsonValue(), root: fc.jsonValue(), mounts: fc.jsonValue() });
  fc.assert(fc.property(bundle, entry, content, (bundle, entry, content) => {
    const list = JSON.stringify([entry]);
    const records: Record<string, Entry> = {
      [`${bundle}/config.json`]: "",
      "/run/overlay-containers/containers.json": list,
      "/run/overlay-images/images.json": list,
      [`/var/lib/docker/containers/${id}/config.v2.json`]: JSON.stringify(entry),
      "/etc/docker/daemon.json": JSON.stringify({ "data-root": entry.Config }),
    };
    const identity = seen(recordHost(records), { id, bundle, spec: content as unknown as Spec });
    assert.notEqual(identity.role, "sandbox");
    assert.notEqual(identity.engine, "none");
  }));
});
