import assert from "node:assert/strict";
import { remaking, restoring, type Snapshot } from "./snapshot.ts";

const lines = (commands: readonly (readonly string[])[]) => commands.map((words) => words.join(" "));

const TAP: Snapshot = {
  name: "tap0",
  ifindex: 7,
  kind: "tun",
  tap: { mode: "tap", flags: ["vnet_hdr"], user: "1000" },
  mac: "02:00:00:00:00:07",
  mtu: 1400,
  queue: 100,
  up: true,
  master: "br0",
  addresses: [{ family: "inet", local: "10.0.0.1", prefixlen: 24, scope: "global", broadcast: "10.0.0.255" }],
  routes: [{ dst: "10.1.0.0/16", gateway: "10.0.0.2", protocol: "static", metric: 3 }],
  neighbours: [],
  sysctls: {},
};

Deno.test("everything of a device that comes back is as it was", () => {
  assert.deepEqual(lines(restoring(TAP)), [
    "link set dev tap0 down",
    "link set dev tap0 address 02:00:00:00:00:07",
    "link set dev tap0 mtu 1400",
    "link set dev tap0 txqueuelen 100",
    "address flush dev tap0",
    "link set dev tap0 master br0",
    "address replace 10.0.0.1/24 broadcast 10.0.0.255 dev tap0",
    "link set dev tap0 up",
    "route replace 10.1.0.0/16 via 10.0.0.2 proto static metric 3 dev tap0",
  ]);
});

Deno.test("a tap that is gone is made as it was made, and what has a driver cannot be", () => {
  assert.deepEqual(lines(remaking(TAP)!), ["tuntap add dev tap0 mode tap user 1000 vnet_hdr"]);
  assert.equal(remaking({ ...TAP, kind: undefined, tap: undefined }), undefined);
});
