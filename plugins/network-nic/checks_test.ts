import assert from "node:assert/strict";
import type { Attachment } from "./attachment.ts";
import { conflicts } from "./checks.ts";
import type { Link } from "./listed.ts";
import { parseRequest } from "./request.ts";

function link(ifname: string, kind?: string, local?: string): Link {
  const address = local === undefined ? [] : [{ family: "inet", local, prefixlen: 24, scope: "global" }];
  return { ifindex: 1, ifname, flags: [], mtu: 1500, linkinfo: { info_kind: kind }, addr_info: address };
}

const OUTSIDE = [link("tap0", "tun"), link("br0", "bridge", "10.0.0.1"), link("eth9")];

function conflictsOf(text: string, around: { inside?: Link[]; attachments?: Attachment[] } = {}): string[] {
  return conflicts([parseRequest("nic", text)], { outside: OUTSIDE, inside: [], attachments: [], ...around });
}

function heldBy(id: string, text: string): Attachment {
  const request = parseRequest("other", text);
  const was = request.source.kind === "device" ? { name: request.source.host } : undefined;
  return {
    key: "k",
    since: 0,
    namespace: "net:[1]",
    pin: "p",
    holders: [{ key: "k", id, pid: 1 }],
    devices: [{ request, was }] as Attachment["devices"],
    placed: true,
  };
}

Deno.test("nothing is said where everything is there and free", () => {
  assert.deepEqual(conflictsOf("host=tap0,address=10.0.0.2/24"), []);
  assert.deepEqual(conflictsOf("bridge=br0,address=10.0.0.2/24"), []);
});

Deno.test("a device is missing, or taken by a container", () => {
  assert.deepEqual(conflictsOf("host=tap1"), ["device tap1 does not exist on this host"]);
  assert.deepEqual(conflictsOf("host=tap1", { attachments: [heldBy("web", "host=tap1")] }), [
    "device tap1 is taken by container web since 1970-01-01T00:00:00.000Z",
  ]);
});

Deno.test("what is no bridge takes no pair, and a host end needs a free name", () => {
  assert.deepEqual(conflictsOf("bridge=eth9"), ["eth9 is no bridge"]);
  assert.deepEqual(conflictsOf("peer=eth9"), ["the name eth9 for the host end is taken on this host"]);
});

Deno.test("a name or an address that the container has already is taken", () => {
  assert.deepEqual(conflictsOf("host=tap0", { inside: [link("nic")] }), [
    "the name nic is taken inside the container",
  ]);
  assert.deepEqual(
    conflictsOf("host=tap0,address=10.0.0.5/8", { inside: [link("eth0", "veth", "10.0.0.5")] }),
    [
      "address 10.0.0.5/8 is in use inside the container, by eth0",
    ],
  );
});

Deno.test("an address is in use by the bridge, or by another container on it, not on another bridge", () => {
  assert.deepEqual(conflictsOf("bridge=br0,address=10.0.0.1/24"), [
    "address 10.0.0.1/24 is in use on this host, by br0",
  ]);
  const web = heldBy("web", "bridge=br0,address=10.0.0.2/24");
  assert.deepEqual(conflictsOf("bridge=br0,address=10.0.0.2/24", { attachments: [web] }), [
    "address 10.0.0.2/24 is in use by container web, on br0",
  ]);
  const elsewhere = heldBy("web", "bridge=br1,address=10.0.0.2/24");
  assert.deepEqual(conflictsOf("bridge=br0,address=10.0.0.2/24", { attachments: [elsewhere] }), []);
});
