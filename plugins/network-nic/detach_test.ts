import assert from "node:assert/strict";
import type { Attachment } from "./attachment.ts";
import { detach } from "./detach.ts";
import { parseRequest } from "./request.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

const WAS: Snapshot = {
  name: "eth3",
  ifindex: 3,
  mac: "02:00:00:00:00:07",
  permaddr: "02:00:00:00:00:07",
  taken: 0,
  settings: { address: "02:00:00:00:00:07", mtu: "1500" },
  altnames: [],
  up: false,
  addresses: [],
  routes: [],
  neighbours: [],
  sysctls: {},
};

/** What is on the host and in the pinned namespace, and every batch that `ip` was given. */
class Network {
  outside: unknown[] = [];
  inside: unknown[] = [];
  isPinned = true;
  kept: Attachment | undefined;
  done: string[] = [];
  /** Called once the pin is gone. */
  onUnpinned = () => {};

  tools(): Tools {
    const run = (_path: string, args: string[], { stdin = "" }: { stdin?: string } = {}) => {
      this.done.push(...stdin.split("\n").filter((line) => line !== ""));
      const [, made] = stdin.match(/^tuntap add dev (\S+)/) ?? [];
      if (made !== undefined) this.outside.push({ ifindex: 20, ifname: made, flags: [] });
      if (stdin.startsWith("netns delete")) {
        this.isPinned = false;
        this.onUnpinned();
      }
      const listed = args.includes("-netns") ? this.inside : this.outside;
      return Promise.resolve({ status: 0, stdout: stdin === "" ? JSON.stringify(listed) : "", stderr: "" });
    };
    const lstat = (path: string) =>
      path === "/usr/sbin/ip" || path.startsWith("/run/netns") && this.isPinned ? { mode: 0o444 } : undefined;
    return {
      host: { run, lstat, kept: () => ({}), readLink: () => "42" },
      keep: (_key: string, value: unknown) => this.kept = value as Attachment | undefined,
    } as never;
  }
}

function attachmentOf(...devices: Attachment["devices"]): Attachment {
  const holders = [{ key: "k", id: "web", pid: 7 }];
  return { key: "0123456789ab", since: 0, namespace: "net:[7]", pin: "pin", holders, devices, placed: true };
}

const EVIL = { ifindex: 9, ifname: "evil", flags: [], address: "02:00:00:00:00:66" };
const CARD = { request: parseRequest("wan", "host=eth3"), was: WAS };

Deno.test("a network card that was hidden does not pin its namespace: the kernel sends it back", async () => {
  const network = new Network();
  network.onUnpinned = () => network.outside = [{ ...EVIL, permaddr: WAS.permaddr }];
  await detach(network.tools(), attachmentOf(CARD));
  assert.equal(network.kept, undefined);
  assert.deepEqual(network.done.slice(0, 5), [
    "netns delete pin",
    "link set dev evil down",
    "link set dev evil name eth3",
    "link set dev eth3 down",
    "link set dev eth3 address 02:00:00:00:00:07",
  ]);
});

Deno.test("what came back is left alone while another device of the container is gone", async () => {
  const network = new Network();
  const tap: Snapshot = {
    ...WAS,
    name: "tap0",
    kind: "tun",
    permaddr: undefined,
    tap: { mode: "tap", flags: [] },
  };
  const vlan: Snapshot = { ...WAS, name: "vlan7", kind: "vlan", permaddr: undefined };
  const tools = network.tools();
  const attachment = attachmentOf(
    { request: parseRequest("a", "host=tap0"), was: tap },
    { request: parseRequest("b", "host=vlan7"), was: vlan },
  );
  await assert.rejects(detach(tools, attachment), /could not all be taken back: vlan7 is gone/);
  assert.ok(network.done.includes("netns delete pin"));
  network.done = [];
  network.outside = [{ ifindex: 12, ifname: "vlan7", flags: [], linkinfo: { info_kind: "vlan" } }];
  await detach(tools, network.kept!);
  assert.ok(network.done.every((line) => !line.includes("tap0")), network.done.join("\n"));
  assert.equal(network.kept, undefined);
});
