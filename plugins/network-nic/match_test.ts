import assert from "node:assert/strict";
import type { AttachedDevice, Attachment } from "./attachment.ts";
import type { Link } from "./listed.ts";
import { findReturned, matchInside } from "./match.ts";
import { parseRequest } from "./request.ts";
import type { Snapshot } from "./snapshot.ts";

const [OLD, NEW, OTHER] = ["02:00:00:00:00:07", "02:00:00:00:00:66", "02:00:00:00:00:99"];

/** A link; without a kind it has a driver. */
function link(ifname: string, ifindex: number, fields: Partial<Link> & { kind?: string } = {}): Link {
  const { kind, ...rest } = fields;
  return { ifindex, ifname, flags: [], mtu: 1500, address: NEW, linkinfo: { info_kind: kind }, ...rest };
}

function device(fields: Partial<AttachedDevice> & { kind?: string; permaddr?: string } = {}): AttachedDevice {
  const { kind, permaddr, ...rest } = fields;
  const tap = kind === "tun" ? { mode: "tap", flags: [] } : undefined;
  const was = { name: "eth3", ifindex: 3, kind, mac: OLD, permaddr, tap } as Partial<Snapshot> as Snapshot;
  return { request: parseRequest("wan", "host=eth3"), was, ...rest };
}

function found(inside: Link[], devices: AttachedDevice[], others: Attachment[] = [], placed = true) {
  const moved = matchInside([link("lo", 1), ...inside], { devices, placed }, others);
  return devices.map((each) => moved.get(each)?.ifname);
}

Deno.test("a device that was renamed and given another MAC address is found by the one it was made with", () => {
  const inside = [link("wan", 8, { address: OLD, permaddr: OTHER }), link("evil", 9, { permaddr: OLD })];
  assert.deepEqual(found(inside, [device({ permaddr: OLD })]), ["evil"]);
});

Deno.test("a device that was renamed and given another MAC address is found by its number", () => {
  const inside = [link("wan", 8, { kind: "tun", address: OLD }), link("evil", 9, { kind: "tun" })];
  assert.deepEqual(found(inside, [device({ kind: "tun", ifindex: 9 })]), ["evil"]);
});

Deno.test("two devices whose names and MAC addresses were swapped go back as what they were", () => {
  const inside = [link("wan", 9, { kind: "tun", address: OLD }), link("lan", 8, { kind: "tun" })];
  const lan = device({ kind: "tun", ifindex: 9, request: parseRequest("lan", "host=eth4") });
  assert.deepEqual(found(inside, [device({ kind: "tun", ifindex: 8 }), lan]), ["lan", "wan"]);
});

Deno.test("the only device of its kind that is left is taken, where it was placed and is nobody else's", () => {
  const inside = [link("evil", 9, { kind: "vlan" }), link("eth0", 5, { kind: "veth" })];
  const vlan = device({ kind: "vlan" });
  assert.deepEqual(found(inside, [vlan]), ["evil"]);
  assert.deepEqual(found(inside, [vlan], [], false), [undefined]);
  assert.deepEqual(found([...inside, link("more", 10, { kind: "vlan" })], [vlan]), [undefined]);
  const other = { devices: [device({ kind: "vlan", ifindex: 9 })] } as Attachment;
  assert.deepEqual(found(inside, [vlan], [other]), [undefined]);
});

Deno.test("a tap that the container made is not taken for one that it deleted", () => {
  assert.deepEqual(found([link("vpn", 12, { kind: "tun" })], [device({ kind: "tun", ifindex: 9 })]), [
    undefined,
  ]);
});

Deno.test("a device that the kernel sent back under another name and MAC address is found on the host", () => {
  const { was } = device({ permaddr: OLD });
  assert.equal(
    findReturned([link("eth3", 4, { permaddr: OTHER }), link("evil", 9, { permaddr: OLD })], was!)?.ifname,
    "evil",
  );
  assert.equal(findReturned([link("eth3", 4, { permaddr: OTHER })], was!), undefined);
  assert.equal(findReturned([link("eth0", 2), link("evil", 3)], device().was!)?.ifname, "evil");
});
