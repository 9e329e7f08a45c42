import assert from "node:assert/strict";
import type { AttachedDevice, Attachment } from "./attachment.ts";
import { Ip } from "./ip.ts";
import type { Link } from "./listed.ts";
import { remove } from "./remove.ts";
import { parseRequest } from "./request.ts";

const pair = (ifname: string, ifindex: number, link_index?: number): Link => (
  { ifname, ifindex, link_index, flags: [], mtu: 1500, linkinfo: { info_kind: "veth" } }
);

/** What is done to remove a pair with the host end lone0. */
async function doneFor(
  device: Partial<AttachedDevice>,
  { outside, inside = [] }: { outside: Link[]; inside?: Link[] },
): Promise<string[]> {
  const done: string[] = [];
  const run = (_path: string, args: string[], { stdin = "" }: { stdin?: string } = {}) => {
    const where = args[0] === "-netns" ? "inside: " : "";
    if (stdin !== "") done.push(where + stdin.trim());
    return Promise.resolve({ status: 0, stdout: JSON.stringify(outside), stderr: "" });
  };
  const ip = new Ip({ run, lstat: () => ({}) } as never);
  const request = parseRequest("nic", "peer=lone0");
  await remove(ip, { pin: "pin" } as Attachment, inside, { request, hostEnd: "lone0", ...device });
  return done;
}

Deno.test("a device that somebody else has called as a pair's end since is left alone", async () => {
  assert.deepEqual(await doneFor({ hostIndex: 5 }, { outside: [pair("lone0", 9)] }), []);
});

Deno.test("a pair's end that was renamed is removed", async () => {
  assert.deepEqual(await doneFor({ hostIndex: 5 }, { outside: [pair("else", 5)] }), ["link delete dev else"]);
});

Deno.test("a pair that a kill left unnoted is known by its end in the container; without that it was never made", async () => {
  const outside = [pair("lone0", 5)];
  assert.deepEqual(await doneFor({}, { outside, inside: [pair("nic", 2, 5)] }), ["link delete dev lone0"]);
  assert.deepEqual(await doneFor({}, { outside }), []);
});

Deno.test("a pair whose end is gone from the host goes with the one in the container", async () => {
  const device = { hostIndex: 5, ifindex: 2 };
  assert.deepEqual(await doneFor(device, { outside: [], inside: [pair("renamed", 2, 5)] }), [
    "inside: link delete dev renamed",
  ]);
});
