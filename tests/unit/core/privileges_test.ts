/**
 * What containers can do to their host. The files of fixtures/privileges are config.json's as docker 20.10, podman 4.3,
 * containerd 1.6 (ctr, CRI) wrote them for `docker run` and its like, named by engine and flags.
 */
import assert from "node:assert/strict";
import { isPrivileged, privilegesOf } from "container-hooks/plugin";
import { type ContainerFields, makeContainer } from "container-hooks/testing";
import { withoutEngine } from "../../../mod/engines/identity.ts";
import { makeContainer as makeShown } from "../../../mod/plan/container.ts";

const ALL_DEVICES = { devices: [{ allow: false, access: "rwm" }, { allow: true, access: "rwm" }] };
const USER = [{ type: "user" }];

function privileges(fields: ContainerFields): string[] {
  return privilegesOf(makeContainer(fields));
}

Deno.test("a container that asks for nothing special has root's ids alone", () => {
  assert.deepEqual(privileges({}), ["host-user"]);
  assert.equal(isPrivileged(makeContainer()), false);
});

Deno.test("a container without capabilities in its config.json counts as one that has the host's: runc 1.5 gives all", () => {
  assert.ok(privileges({ process: { capabilities: undefined } }).includes("host-capabilities"));
});

Deno.test("the last rule about all devices counts, and none means all", () => {
  const of = (...devices: object[]) => privileges({ linux: { resources: { devices: devices as never } } });
  assert.ok(of().includes("all-devices"));
  assert.ok(
    of({ allow: false }, { allow: true, type: "a", major: -1n, minor: -1n, access: "rwm" }).includes(
      "all-devices",
    ),
  );
  assert.ok(of({ allow: false }, { allow: true, type: "b", access: "rwm" }).includes("all-devices"));
  assert.ok(!of({ allow: true }, { allow: false }).includes("all-devices"));
  assert.ok(!of({ allow: false }, { allow: true, access: "m" }).includes("all-devices"));
  assert.ok(
    !of({ allow: false }, { allow: true, type: "c", major: 1n, minor: 3n, access: "rwm" }).includes(
      "all-devices",
    ),
  );
});

Deno.test("a filter that lets everything through is none", () => {
  const of = (seccomp: object | undefined) => privileges({ linux: { seccomp: seccomp as never } });
  assert.ok(of(undefined).includes("no-seccomp"));
  assert.ok(of({ defaultAction: "SCMP_ACT_ALLOW" }).includes("no-seccomp"));
  const rule = { names: ["reboot"], action: "SCMP_ACT_ERRNO" };
  assert.ok(!of({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule] }).includes("no-seccomp"));
});

Deno.test("/sys is writable by its last mount", () => {
  const sys = (options: string[], destination = "/sys") => ({
    destination,
    type: "sysfs",
    source: "sysfs",
    options,
  });
  assert.ok(privileges({ mounts: [sys(["ro"]), sys(["rw"], "/sys/")] }).includes("writable-sysfs"));
  assert.ok(!privileges({ mounts: [sys(["rw"]), sys(["nosuid", "ro"])] }).includes("writable-sysfs"));
});

Deno.test("a namespace that is joined by the path of process 1 is the host's", () => {
  const namespaces = [{ type: "pid" }, { type: "network", path: "/proc/1/ns/net" }, {
    type: "ipc",
    path: "/x",
  }];
  const found = privileges({ linux: { namespaces } });
  assert.deepEqual(found.filter((each) => each.startsWith("host-")), [
    "host-user",
    "host-network",
    "host-uts",
    "host-cgroup",
    "host-mount",
  ]);
});

Deno.test("root in a user namespace is not root of the host, unless it is mapped so or nobody knows", () => {
  const privileged = (namespaces: { type: string; path?: string }[], hostID?: number) => {
    const uidMappings = hostID === undefined ? undefined : [{ containerID: 0, hostID, size: 10 }];
    return isPrivileged(makeContainer({ linux: { namespaces, uidMappings, resources: ALL_DEVICES } }));
  };
  assert.equal(privileged([]), true);
  assert.equal(privileged(USER, 100000), false);
  assert.equal(privileged(USER, 0), true);
  assert.equal(privileged(USER), true);
  assert.equal(privileged([{ type: "user", path: "/proc/5/ns/user" }], 100000), true);
});

/** Flags of docker and podman by what their files are called. */
const NOT_PRIVILEGED = ["plain", "cap-add-all", "host-namespaces", "device"];
const PRIVILEGED = [
  "privileged",
  "privileged-dropped",
  "sys-admin-unconfined",
  "cgroup-rule-all",
  "all-unmasked",
];
const RECORDED: [name: string, isPrivileged: boolean][] = [
  ...["docker", "podman"].flatMap((engine) => [
    ...NOT_PRIVILEGED.map((name): [string, boolean] => [`${engine}-${name}`, false]),
    ...PRIVILEGED.map((name): [string, boolean] => [`${engine}-${name}`, true]),
  ]),
  ["podman-userns", false],
  ["ctr-plain", false],
  ["ctr-privileged", true],
  ["cri-plain", false],
  ["cri-privileged", true],
  // A client that is no kubelet asks for neither masks nor a filter.
  ["cri-cap-add-all", true],
];

const FOLDER = new URL("fixtures/privileges/", import.meta.url);

for (const [name, expected] of RECORDED) {
  Deno.test(`what an engine wrote for ${name} is ${expected ? "" : "not "}privileged`, async () => {
    const spec = JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, FOLDER)));
    const call = { id: "c", bundle: "/b", operation: "create", runtime: "/usr/bin/runc" } as const;
    assert.equal(isPrivileged(makeShown(spec, call, withoutEngine("recorded"))), expected);
  });
}

Deno.test("every recorded config.json is tried", () => {
  const files = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name.replace(".json", ""));
  assert.deepEqual(files.toSorted(), RECORDED.map(([name]) => name).toSorted());
});
