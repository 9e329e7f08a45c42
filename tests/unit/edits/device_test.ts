import assert from "node:assert/strict";
import { device, type DeviceNode } from "container-hooks/plugin";
import { assertConflict, described, merged, testRefused } from "./trying.ts";

const FUSE: DeviceNode = { path: "/dev/fuse", type: "c", major: 10n, minor: 229 };
const node = (fields: object) => device({ ...FUSE, ...fields });

testRefused([
  ["a device without a path", { edit: "device", device: {} }, /device\.path" must be a string, not missing/],
  ["a device at a relative path", node({ path: "fuse" }), /path" must be an absolute path/],
  ["a device elsewhere", node({ path: "/dev/../x" }), /path" must not have \. or \.\. in it/],
  ["a device of the host elsewhere", node({ hostPath: "dev" }), /hostPath" must be an absolute path/],
  ["a device of no type", node({ type: "x" }), /type" must be c, b, u or p/],
  ["permissions of no kind", node({ permissions: "rwx" }), /permissions" must be of r, w and m/],
  ["a permission twice", node({ permissions: "rr" }), /permissions" must be of r, w and m/],
  ["a mode with set-id bits", node({ fileMode: 0o4666 }), /fileMode" must be permission bits/],
  ["a number below zero", node({ minor: -1 }), /minor" must be a device's number/],
  ["an unknown field", node({ owner: 0 }), /device\.owner" is unknown/],
  ["a CDI name without a device", device("vendor.com/gpu"), /name" must be the name of a CDI device/],
  ["a CDI name that is a path", device("../x/gpu=0"), /name" must be the name of a CDI device/],
  [
    "a CDI device that a plugin has looked up",
    { ...device("v.com/gpu=0"), edits: [] },
    /edits" is unknown; known are edit, name/,
  ],
]);

Deno.test("a device takes the place of the one at its path, and its cgroup lets it be used", () => {
  const devices = [{ path: "/dev/fuse", type: "c", major: 1, minor: 1 }, {
    path: "/dev/b",
    type: "p",
  }] as never[];
  const resources = { devices: [{ allow: false, access: "rwm" }] };
  const spec = merged({ linux: { devices, resources } }, {
    plugin: "a",
    edits: [node({ fileMode: 0o660, gid: 5 })],
  });
  const made = { path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 0o660, gid: 5 };
  assert.deepEqual(spec.linux?.devices, [made, { path: "/dev/b", type: "p" }]);
  assert.deepEqual(spec.linux?.resources?.devices, [
    { allow: false, access: "rwm" },
    { allow: true, type: "c", major: 10, minor: 229, access: "rwm" },
  ]);
});

Deno.test("a device is its process's user's where nobody says whose, and a pipe needs no leave", () => {
  const process = { user: { uid: 1000, gid: 0 } };
  const pipe = device({ path: "/dev/p", type: "p" });
  const spec = merged({ process }, { plugin: "a", edits: [node({ type: "u", permissions: "r" }), pipe] });
  assert.deepEqual(spec.linux?.devices as unknown, [
    { path: "/dev/fuse", type: "u", major: 10, minor: 229, uid: 1000 },
    { path: "/dev/p", type: "p", uid: 1000 },
  ]);
  const rules = [{ allow: true, type: "c", major: 10, minor: 229, access: "r" }];
  assert.deepEqual(spec.linux?.resources?.devices as unknown, rules);
});

Deno.test("two plugins that want different devices at one path are named", () => {
  assertConflict(node({}), node({ minor: 1 }), "the device /dev/fuse");
  assert.equal(
    described(node({ hostPath: "/dev/x", permissions: "r" })).all,
    "/dev/fuse of /dev/x c 10:229 r",
  );
});
