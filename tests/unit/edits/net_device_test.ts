import assert from "node:assert/strict";
import { netDevice } from "container-hooks/plugin";
import { assertConflict, described, merged, ofTwo, testRefused } from "./trying.ts";

testRefused([
  [
    "a device with a long name",
    netDevice("tap0", "abcdefghijklmnop"),
    /must be the name of a network device/,
  ],
  ["a device that is a path", netDevice("../tap0", "a"), /must be the name of a network device/],
  ["a device named as a folder", netDevice("tap0", ".."), /must be the name of a network device/],
  ["a device without a name", { edit: "netDevice", host: "tap0" }, /name" must be a string, not missing/],
]);

Deno.test("a network device that the runtime is to move is one key of linux.netDevices", () => {
  const edits = [netDevice("tap0", "myTap")];
  const spec = merged({ linux: { netDevices: { eth1: {} } } }, { plugin: "a", edits });
  assert.deepEqual(spec.linux?.netDevices, { eth1: {}, tap0: { name: "myTap" } });
});

Deno.test("two plugins that want a device under different names are named", () => {
  assertConflict(netDevice("tap0", "a"), netDevice("tap0", "b"), "the network device tap0");
});

Deno.test("two devices of the host under one name in the container failed in the runtime alone", () => {
  assertConflict(
    netDevice("tap0", "eth1"),
    netDevice("tap1", "eth1"),
    "the network device eth1 of the container",
  );
});

Deno.test("two plugins that want the same device under the same name are one edit", () => {
  const spec = merged({}, ...ofTwo(netDevice("tap0", "eth1"), netDevice("tap0", "eth1")));
  assert.deepEqual(spec.linux?.netDevices, { tap0: { name: "eth1" } });
});

Deno.test("of a network device explain shows both names", () => {
  assert.equal(described(netDevice("tap0", "eth1")).all, "tap0 as eth1");
});
