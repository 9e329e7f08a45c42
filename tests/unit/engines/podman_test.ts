import assert from "node:assert/strict";
import type { Host } from "../../../mod/host/host.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { type Entry, fixture, recordHost, zipped } from "./record_host.ts";
import { lookedUp, seen } from "./seen.ts";

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

Deno.test("podman's storage gives name, image and digest, and says that labels were not asked for", () => {
  assert.deepEqual(seen(recordHost(machine()), callOf(web!.id, spec)), {
    engine: "podman",
    names: ["pweb"],
    role: "workload",
    image: {
      name: "localhost/eng:1",
      id: `sha256:${web!.image}`,
      digest: "sha256:d7f5e94d9842320dabf75667f823df152c3cd3d910a8063037d3318e965e6885",
    },
    labels: {},
    userLabels: undefined,
    why: "labels unknown: podman's database was not read: no plugin asks for labels; " +
      "userLabels unknown: podman's database was not read: no plugin asks for labels",
  });
});

Deno.test("podman --annotation io.kubernetes.cri-o.ContainerType=sandbox makes no sandbox", () => {
  assert.equal(spec.annotations!["io.kubernetes.cri-o.ContainerType"], "sandbox");
  assert.equal(seen(recordHost(machine()), callOf(web!.id, spec)).role, "workload");
});

Deno.test("podman --annotation io.container.manager=cri-o makes no container of CRI-O's", () => {
  const annotations = {
    ...spec.annotations,
    "io.container.manager": "cri-o",
    "io.kubernetes.cri-o.SandboxID": web!.id,
  };
  const identity = seen(recordHost(machine()), callOf(web!.id, { ...spec, annotations }));
  assert.deepEqual([identity.engine, identity.role], ["podman", "workload"]);
});

Deno.test("the pause container of podman's own image is a sandbox", () => {
  assert.equal(seen(recordHost(machine()), callOf(infra!.id, infraSpec)).role, "sandbox");
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
      seen(recordHost(machine()), callOf(infra!.id, spec)).role,
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
    assert.equal(seen(recordHost(entries), callOf(infra!.id, infraSpec)).role, "workload");
  }
});

Deno.test("another graphroot than the default is found by the bundle", () => {
  assert.deepEqual(seen(recordHost(machine("/srv/pods")), callOf(web!.id, spec, "/srv/pods")).names, [
    "pweb",
  ]);
});

Deno.test("with a transient store the bundle is in the runroot and the images in the graphroot", () => {
  const runroot = "/run/containers/storage";
  const entries = machine();
  delete entries[`${storage}/overlay-containers/containers.json`];
  entries[`${runroot}/overlay-containers/volatile-containers.json`] = containers;
  const identity = seen(recordHost(entries), callOf(web!.id, spec, runroot));
  assert.deepEqual(identity.names, ["pweb"]);
  assert.match(identity.image.digest ?? "", /^sha256:d7f5/);
});

Deno.test("a graphroot in a folder that others can write is noted and nothing there is believed", () => {
  const entries = machine("/tmp/pods", { "/tmp": { folder: true, mode: 0o777 } });
  const identity = seen(recordHost(entries), callOf(web!.id, spec, "/tmp/pods"));
  assert.deepEqual([identity.engine, identity.names, identity.role], [undefined, [], undefined]);
  assert.match(identity.why, /engine unknown: .*\/tmp can be written by others/);
});

Deno.test("a bundle that podman gave to a mapped user is podman's all the same", () => {
  const folder = `${storage}/overlay-containers/${web!.id}/userdata`;
  const entries = machine(storage, { [folder]: { folder: true, uid: 100000 } });
  assert.deepEqual(seen(recordHost(entries), callOf(web!.id, spec)).names, ["pweb"]);
});

Deno.test("a list of containers over the limit leaves all of it unknown, with the reason", () => {
  const path = `${storage}/overlay-containers/containers.json`;
  const entries = machine(storage, { [path]: { text: containers, size: 9 * 1024 * 1024 } });
  const identity = seen(recordHost(entries), callOf(infra!.id, infraSpec));
  assert.deepEqual([identity.engine, identity.names, identity.role], [undefined, [], undefined]);
  assert.match(identity.why, /the list of containers .* more than the limit of 8.0 MiB/);
});

Deno.test("an untrusted list of containers is noted and not used", () => {
  const path = `${storage}/overlay-containers/containers.json`;
  const identity = seen(
    recordHost(machine(storage, { [path]: { text: containers, uid: 1000 } })),
    callOf(web!.id, spec),
  );
  assert.deepEqual(identity.names, []);
  assert.match(identity.why, /belongs to user 1000/);
});

Deno.test("without the image's records name and image id stay, and its digest is not known", () => {
  const entries = { [`${storage}/overlay-containers/containers.json`]: containers };
  const identity = seen(recordHost(entries), callOf(web!.id, spec));
  assert.deepEqual([identity.image.name, identity.image.digest], ["localhost/eng:1", undefined]);
  assert.match(identity.why, /digest unknown: the image's record was not found/);
});

/** As podman 5 keeps it. */
function sqlite(row: Record<string, unknown> | undefined | Error, path = `${storage}/db.sql`) {
  return recordHost(machine(storage, { [path]: "" }), (asked, _query, id) => {
    assert.deepEqual([asked, id], [path, web!.id]);
    return row instanceof Error ? Promise.reject(row) : Promise.resolve(row);
  });
}

const own = { "org.example.both": "user", "org.example.from": "image", "org.example.user": "me" };

Deno.test("podman 5's database has the container's own labels, and the user's are those that are not the image's", async () => {
  const JSON_ = JSON.stringify({ id: web!.id, labels: own });
  const { labels, userLabels, image, why } = await lookedUp(sqlite({ JSON: JSON_ }), callOf(web!.id, spec));
  assert.deepEqual(labels, own);
  assert.deepEqual(userLabels, { "org.example.both": "user", "org.example.user": "me" });
  assert.deepEqual([image.name, why], ["localhost/eng:1", ""]);
});

Deno.test("podman's labels are unknown where its database is missing, broken, locked, untrusted or of another container", async () => {
  const cases: [Host, RegExp][] = [
    [recordHost(machine()), /podman's database with this container was not found/],
    [sqlite(undefined), /podman's database with this container was not found/],
    [sqlite(new Error("database is locked")), /db\.sql could not be read: database is locked/],
    [sqlite({ JSON: "{" }), /podman's record of this container is not JSON/],
    [sqlite({ JSON: JSON.stringify({ id: "other", labels: own }) }), /was not found/],
    [recordHost(machine(storage, { [`${storage}/db.sql`]: { uid: 1000 } })), /belongs to user 1000/],
    [
      recordHost(machine(storage, { [`${storage}/libpod/bolt_state.db`]: "x" })),
      /has no meta page that is whole/,
    ],
    [
      recordHost(machine(storage, { [`${storage}/libpod/bolt_state.db`]: { mode: 0o666 } })),
      /is not trusted/,
    ],
  ];
  for (const [host, why] of cases) {
    const identity = await lookedUp(host, callOf(web!.id, spec));
    assert.deepEqual([identity.labels, identity.userLabels], [{}, undefined]);
    assert.match(identity.why, /labels unknown/);
    assert.match(identity.why, why);
  }
});

Deno.test("podman 4's database has the container's own labels", async () => {
  // Made by podman 4.3.1: podman create --name web --label org.example.user=yes --label org.example.both=user eng:1
  const id = "29cdddab20695819d0b0aa9f88d03dc02e02eea3c89b9a22caf4affc2dee00f6";
  const list = [{ id, names: ["web"], image: web!.image, metadata: web!.metadata }];
  const host = recordHost(machine(storage, {
    [`${storage}/overlay-containers/containers.json`]: JSON.stringify(list),
    [`${storage}/libpod/bolt_state.db`]: await zipped("podman/bolt_state.db.gz"),
  }));
  const { labels, userLabels, why } = await lookedUp(host, callOf(id, spec));
  assert.deepEqual(labels, {
    "org.example.both": "user",
    "org.example.from": "image",
    "org.example.user": "yes",
  });
  assert.deepEqual(userLabels, { "org.example.both": "user", "org.example.user": "yes" });
  assert.equal(why, "");
});

Deno.test("a container of podman's without an image has none, and its labels are its user's", async () => {
  const metadata = JSON.stringify({ "image-name": "", "image-id": "", name: "pweb" });
  const entries = machine(storage, {
    [`${storage}/overlay-containers/containers.json`]: JSON.stringify([{ ...web!, image: "", metadata }]),
    [`${storage}/db.sql`]: "",
  });
  const row = { JSON: JSON.stringify({ id: web!.id, labels: own }) };
  const identity = await lookedUp(recordHost(entries, () => Promise.resolve(row)), callOf(web!.id, spec));
  assert.deepEqual([identity.labels, identity.userLabels], [own, own]);
  assert.match(identity.why, /^name absent: the container has no image; id absent/);
});
