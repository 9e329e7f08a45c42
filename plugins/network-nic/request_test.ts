import assert from "node:assert/strict";
import { parseRequest } from "./request.ts";

Deno.test("every setting of a request is read", () => {
  const text = "bridge=br0, peer=out0,mac=02:00:00:00:00:0A,mtu=1400,queue=5,up=yes,address=10.0.0.2/24," +
    "address=fd00::2/64,route=10.1.0.0/16 via 10.0.0.1 metric 7,default=10.0.0.1,default=fd00::1 metric 9," +
    "neighbour=10.0.0.9 02:00:00:00:00:09,sysctl=ipv6.accept_ra=0";
  assert.deepEqual(parseRequest("nic", text), {
    name: "nic",
    source: { kind: "pair", bridge: "br0", peer: "out0" },
    mac: "02:00:00:00:00:0a",
    mtu: 1400,
    queue: 5,
    up: true,
    addresses: ["10.0.0.2/24", "fd00::2/64"],
    routes: [
      { to: "10.1.0.0/16", via: "10.0.0.1", metric: 7 },
      { to: "default", via: "10.0.0.1" },
      { to: "default", via: "fd00::1", metric: 9 },
    ],
    neighbours: [{ address: "10.0.0.9", mac: "02:00:00:00:00:09" }],
    sysctls: [{ key: "ipv6.accept_ra", value: "0" }],
  });
});

Deno.test("networks of one or two addresses have neither an address of their own nor a broadcast", () => {
  const all = [
    "10.0.0.0/31",
    "10.0.0.1/31",
    "10.0.0.0/32",
    "10.0.0.255/32",
    "fd00::/127",
    "fd00::/128",
    "fd00::ff/120",
  ];
  const text = `host=tap0,${all.map((address) => `address=${address}`).join(",")}`;
  assert.deepEqual(parseRequest("nic", text).addresses, all);
});

Deno.test("a macvlan is in mode bridge where none is said", () => {
  assert.deepEqual(parseRequest("n", "macvlan=p0").source, { kind: "macvlan", parent: "p0", mode: "bridge" });
});

const WRONG: Record<string, RegExp> = {
  "": /"" is no setting/,
  "host=tap0,host=tap1": /host stands there twice/,
  "address=10.0.0.2/24": /names 0 kinds of device/,
  "host=tap0,bridge=br0": /names 2 kinds of device/,
  "host=tap0,hots=1": /"hots" is no setting; known are host, bridge/,
  "host=lo": /"lo" has a meaning of its own/,
  "host=a/b": /"a\/b" is no device name/,
  "host=-a": /"-a" is no device name/,
  "host=tap0,mode=bridge": /mode= is for macvlan= alone/,
  "macvlan=p0,mode=fast": /mode is "fast"/,
  "host=tap0,mac=01:00:00:00:00:01": /is for many receivers/,
  "host=tap0,mac=zz": /no MAC address/,
  "host=tap0,mtu=1.5": /mtu "1\.5" is no whole number/,
  "host=tap0,mtu=70000": /from 68 to 65535/,
  "host=tap0,mtu=1000,address=fd00::2/64": /less than the 1280 that IPv6 needs/,
  "host=tap0,address=10.0.0.256/24": /no address with a length/,
  "host=tap0,address=10.0.0.2/33": /no address with a length/,
  "host=tap0,address=fd00::2/129": /no address with a length/,
  "host=tap0,address=10.0.0.0/24": /"10\.0\.0\.0\/24" is the address of the network itself/,
  "host=tap0,address=10.0.0.255/24": /is the network's broadcast address, which no device can have/,
  "host=tap0,address=fd00::/64": /is the address of all its routers/,
  "host=tap0,default=gateway": /"gateway" is no IP address/,
  "host=tap0,route=10.1.0.0/16 by 10.0.0.1": /is no route/,
  "host=tap0,route=10.1.0.0/16 via fd00::1": /mixes IPv4 and IPv6/,
  "host=tap0,up=no,default=10.0.0.1": /down has no routes/,
  "host=tap0,up=perhaps": /it takes yes or no/,
  "host=tap0,sysctl=ipv4.../../x=1": /no setting of a device/,
  "host=tap0,sysctl=kernel.domainname=1": /no setting of a device/,
  "host=a\nb": /no device name/,
};

for (const [text, says] of Object.entries(WRONG)) {
  Deno.test(`a request is refused with its reason: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseRequest("n", text), says);
  });
}
