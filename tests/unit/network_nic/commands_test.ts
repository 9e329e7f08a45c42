import assert from "node:assert/strict";
import { ownName, placing, settling, sysctlsOf } from "../../../plugins/network-nic/device_commands.ts";
import { Ip } from "../../../plugins/network-nic/ip.ts";
import { parseRequest } from "../../../plugins/network-nic/request.ts";
import { remaking, restoring, type Snapshot } from "../../../plugins/network-nic/snapshot.ts";

const lines = (commands: readonly (readonly string[])[]) => commands.map((words) => words.join(" "));

Deno.test("a device is moved and renamed by one command, a pair and a macvlan are made in the namespace", () => {
  const request = (text: string) => placing(parseRequest("nic", text), "ns", "end");
  assert.deepEqual(lines(request("host=tap0")), ["link set dev tap0 netns ns name nic"]);
  assert.deepEqual(lines(request("bridge=br0")), [
    "link add dev end type veth peer name nic netns ns",
    "link set dev end master br0",
    "link set dev end up",
  ]);
  assert.deepEqual(lines(request("macvlan=p0,mode=vepa")), [
    "link add link p0 name nic netns ns type macvlan mode vepa",
  ]);
});

Deno.test("a device is up before its routes, and has its addresses before that", () => {
  const request = parseRequest(
    "nic",
    "host=tap0,mac=02:00:00:00:00:01,mtu=1400,queue=9,address=10.0.0.2/24,address=fd00::2/64," +
      "default=10.0.0.1 metric 5,neighbour=10.0.0.9 02:00:00:00:00:09,sysctl=ipv4.rp_filter=0",
  );
  assert.deepEqual(lines(settling(request)), [
    "link set dev nic address 02:00:00:00:00:01",
    "link set dev nic mtu 1400",
    "link set dev nic txqueuelen 9",
    "address add 10.0.0.2/24 dev nic",
    "address add fd00::2/64 dev nic nodad",
    "link set dev nic up",
    "route replace default via 10.0.0.1 dev nic metric 5",
    "neighbour replace 10.0.0.9 lladdr 02:00:00:00:00:09 nud permanent dev nic",
  ]);
  assert.deepEqual(sysctlsOf(request), ["net/ipv4/conf/nic/rp_filter=0"]);
});

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

Deno.test("names of our own have the 15 characters that the kernel takes", () => {
  assert.equal(ownName("pair", "0123456789abcdef", 10), "chv01234567890a");
});

/** A host that runs nothing and remembers what it was asked to run. */
function recordingHost(stderr = "") {
  const runs: { args: string[]; stdin?: string }[] = [];
  const host = {
    lstat: (path: string) =>
      path === "/sbin/ip" ? { kind: "", mode: 0o755, uid: 0, gid: 0, size: 1 } : undefined,
    run(_path: string, args: string[], { stdin }: { stdin?: string } = {}) {
      runs.push({ args, stdin });
      return Promise.resolve({ status: stderr ? 1 : 0, stdout: "", stderr });
    },
  };
  return { host, runs };
}

Deno.test("commands go as one batch; a word that a batch would read otherwise goes as an argument", async () => {
  const { host, runs } = recordingHost();
  await new Ip(host).does([["link", "set", "dev", "a", "up"], ["link", "set", "dev", "b", "up"]], "ns");
  await new Ip(host).does([["link", "set", "dev", 'a"#', "down"]]);
  assert.deepEqual(runs, [
    { args: ["-netns", "ns", "-batch", "-"], stdin: "link set dev a up\nlink set dev b up\n" },
    { args: ["link", "set", "dev", 'a"#', "down"], stdin: undefined },
  ]);
});

Deno.test("a failing line of a batch is told as its command, with the kernel's reason", async () => {
  const { host } = recordingHost("RTNETLINK answers: File exists\nCommand failed -:2\n");
  await assert.rejects(
    new Ip(host).does([["link", "set", "dev", "a", "up"], ["address", "add", "10.0.0.1/24", "dev", "a"]]),
    /ip address add 10\.0\.0\.1\/24 dev a failed: file exists/,
  );
});

Deno.test("without ip, what to install is told", () => {
  const host = { lstat: () => undefined, run: () => Promise.reject(new Error("never")) };
  assert.throws(() => new Ip(host), { message: /there is no program ip in/, remedy: "install iproute2" });
});
