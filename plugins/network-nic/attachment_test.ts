import assert from "node:assert/strict";
import { attachments, misshapen } from "./attachment.ts";
import { parseRequest } from "./request.ts";

const RIGHT = {
  key: "k",
  since: 0,
  namespace: "net:[7]",
  pin: "p",
  holders: [{ key: "k", id: "web", pid: 7 }],
  devices: [{ request: parseRequest("n", "bridge=br0") }],
  placed: true,
};

Deno.test("what is no attachment is named, and does not keep the others from being read", () => {
  const wrong = {
    text: "x",
    empty: {},
    holders: { ...RIGHT, holders: [null] },
    devices: { ...RIGHT, devices: {} },
    was: { ...RIGHT, devices: [{ ...RIGHT.devices[0], was: { name: "tap0" } }] },
  };
  const host = { kept: () => ({ ...wrong, right: RIGHT }) } as never;
  assert.deepEqual(attachments(host), [RIGHT]);
  assert.deepEqual(misshapen(host), Object.keys(wrong));
});
