import assert from "node:assert/strict";
import { remaking, type Snapshot } from "./snapshot.ts";

const TAP = {
  name: "tap0",
  kind: "tun",
  tap: { mode: "tap", flags: ["vnet_hdr"], user: "1000" },
} as Partial<Snapshot> as Snapshot;

Deno.test("a tap that is gone is made as it was made, and what has a driver cannot be", () => {
  assert.deepEqual(remaking(TAP), ["tuntap add dev tap0 mode tap user 1000 vnet_hdr".split(" ")]);
  assert.equal(remaking({ ...TAP, kind: undefined, tap: undefined }), undefined);
});
