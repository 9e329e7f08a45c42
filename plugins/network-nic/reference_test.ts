import assert from "node:assert/strict";
import type { Link } from "./listed.ts";
import { claiming, referenceTo } from "./reference.ts";

const link = (ifname: string, ifindex: number, altnames: string[] = []): Link => (
  { ifname, ifindex, altnames, flags: [], mtu: 1500 }
);

Deno.test("a device whose name is no text is called by its number", () => {
  assert.equal(referenceTo(link("e\ufffdv", 7)), "if7");
  assert.equal(referenceTo(link("évil", 7)), "évil");
});

Deno.test("a device that a container has called as that number is called otherwise first", () => {
  const device = link("\ufffd", 7);
  const commands = (other: Link) =>
    claiming(device, [device, other], "aside").map((words) => words.join(" "));
  assert.deepEqual(commands(link("if7", 8)), ["link set dev if7 down", "link set dev if7 name aside"]);
  assert.deepEqual(commands(link("n", 8, ["if7"])), ["link property del dev if7 altname if7"]);
  assert.deepEqual(commands(link("if8", 8)), []);
});
