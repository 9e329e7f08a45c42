import assert from "node:assert/strict";
import { settingBack } from "./link_settings.ts";
import type { Link, ListedAddress, ListedRoute } from "./listed.ts";
import { connecting, readying } from "./restore.ts";
import type { Snapshot } from "./snapshot.ts";

const lines = (commands: readonly (readonly string[])[]) => commands.map((words) => words.join(" "));

const TAP: Snapshot = {
  taken: 0,
  name: "tap0",
  ifindex: 7,
  kind: "tun",
  tap: { mode: "tap", flags: [] },
  mac: "02:00:00:00:00:07",
  settings: { address: "02:00:00:00:00:07", mtu: "1400", txqueuelen: "100", arp: "on", promisc: "off" },
  altnames: [],
  up: true,
  master: "br0",
  addresses: [{ family: "inet", local: "10.0.0.1", prefixlen: 24, scope: "global", broadcast: "10.0.0.255" }],
  routes: [{ family: "-4", dst: "10.1.0.0/16", gateway: "10.0.0.2", protocol: "static", metric: 3 }],
  neighbours: [],
  sysctls: {},
};

const NOW: Link = {
  ifindex: 9,
  ifname: "tap0",
  flags: ["BROADCAST", "NOARP", "PROMISC"],
  mtu: 9000,
  txqlen: 100,
  address: "02:00:00:00:00:66",
};

/** Commands for one route after some seconds. */
function routed(route: Partial<ListedRoute>, elapsed = 0): string[] {
  const routes: ListedRoute[] = [{ family: "-4", dst: "10.1.0.0/16", ...route }];
  return lines(connecting({ ...TAP, master: undefined, up: false, addresses: [], routes }, elapsed));
}

/** Commands for one address after some seconds. */
function addressed(address: Partial<ListedAddress>, elapsed = 0): string[] {
  const addresses = [{ family: "inet", local: "10.0.0.1", prefixlen: 24, scope: "global", ...address }];
  return lines(connecting({ ...TAP, master: undefined, up: false, addresses, routes: [] }, elapsed));
}

Deno.test("everything of a device that comes back is as it was", () => {
  assert.deepEqual(lines(readying(TAP, NOW)), [
    "link set dev tap0 down",
    "link set dev tap0 address 02:00:00:00:00:07",
    "link set dev tap0 mtu 1400",
    "link set dev tap0 arp on",
    "link set dev tap0 promisc off",
    "address flush dev tap0",
  ]);
  assert.deepEqual(lines(connecting(TAP, 0)), [
    "link set dev tap0 master br0",
    "link set dev tap0 up",
    "address replace 10.0.0.1/24 broadcast 10.0.0.255 dev tap0",
    "route append 10.1.0.0/16 proto static metric 3 via 10.0.0.2 dev tap0",
  ]);
});

Deno.test("a gateway's own route comes before the routes through it, whatever order they were listed in", () => {
  const routes: ListedRoute[] = [
    { family: "-4", dst: "default", gateway: "10.50.0.1" },
    { family: "-4", dst: "10.50.0.1", scope: "link" },
  ];
  const commands = lines(connecting({ ...TAP, addresses: [], routes, master: undefined }, 0));
  assert.deepEqual(commands.slice(1), [
    "route append 10.50.0.1 scope link dev tap0",
    "route append 0.0.0.0/0 via 10.50.0.1 dev tap0",
  ]);
});

Deno.test("a route comes back with its flags, metrics, preference, and the time that it has left", () => {
  assert.deepEqual(routed({ gateway: "10.51.0.1", flags: ["onlink", "linkdown"] }), [
    "route append 10.1.0.0/16 via 10.51.0.1 onlink dev tap0",
  ]);
  assert.deepEqual(
    routed({ scope: "link", metrics: [{ mtu: 1300, rtt: 2, congestion: "reno", ecn: null }] }),
    [
      "route append 10.1.0.0/16 scope link mtu 1300 rtt 2ms congctl reno dev tap0",
    ],
  );
  const six = { family: "-6", dst: "default", gateway: "fe80::1", pref: "high", expires: 300 } as const;
  assert.deepEqual(routed(six, 100), [
    "route append ::/0 pref high expires 200 via fe80::1 dev tap0",
  ]);
  assert.deepEqual(routed(six, 300), []);
});

Deno.test("a route by way of several comes back with all of them; of IPv6, those of others have stayed", () => {
  const nexthops = [{ gateway: "10.0.0.2", dev: "tap0", weight: 2 }, {
    gateway: "10.9.0.1",
    dev: "eth1",
    weight: 1,
  }];
  assert.deepEqual(routed({ nexthops }), [
    "route append 10.1.0.0/16 nexthop via 10.0.0.2 dev tap0 weight 2 nexthop via 10.9.0.1 dev eth1 weight 1",
  ]);
  assert.deepEqual(routed({ family: "-6", dst: "fd34::/64", nexthops }), [
    "route append fd34::/64 nexthop via 10.0.0.2 dev tap0 weight 2",
  ]);
});

Deno.test("a route that wraps packets does not come back as one that does not", () => {
  assert.deepEqual(routed({ family: "-6", dst: "fd35::/64", encap: "seg6" }), []);
});

Deno.test("an address comes back with its flags, and with the time that it has left", () => {
  const leased = { noprefixroute: true, valid_life_time: 3000, preferred_life_time: 50 };
  assert.deepEqual(addressed(leased, 100), [
    "address replace 10.0.0.1/24 valid_lft 2900 preferred_lft 0 noprefixroute dev tap0",
  ]);
  assert.deepEqual(addressed(leased, 3000), []);
});

Deno.test("an IPv6 address that was in use is so at once, and one that was being asked for is asked for again", () => {
  const six = { family: "inet6", local: "fd00::1", prefixlen: 64 };
  assert.deepEqual(addressed({ ...six, metric: 77 }), [
    "address replace fd00::1/64 metric 77 nodad dev tap0",
    "address change fd00::1/64 metric 77 dev tap0",
  ]);
  assert.deepEqual(addressed({ ...six, tentative: true }), ["address replace fd00::1/64 dev tap0"]);
});

Deno.test("names, a reason to be held down and a program that a container gave to a device are taken from it", () => {
  const now = { ...NOW, altnames: ["kept", "br0"], proto_down_reason: ["5"], xdp: { mode: 2 } };
  assert.deepEqual(lines(settingBack("tap0", { settings: {}, altnames: ["kept", "own"] }, now)), [
    "link set dev tap0 xdpgeneric off",
    "link set dev tap0 xdpdrv off",
    "link set dev tap0 protodown_reason 5 off",
    "link property del dev tap0 altname br0",
    "link property add dev tap0 altname own",
  ]);
});
