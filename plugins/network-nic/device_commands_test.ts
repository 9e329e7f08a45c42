import assert from "node:assert/strict";
import { ownName, placing, settling, sysctlsOf } from "./device_commands.ts";
import { parseRequest } from "./request.ts";

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

Deno.test("a pair does not drop what is as large as its MTU: the host's end takes it too", () => {
  const made = (text: string) => lines(placing(parseRequest("nic", text), "ns", "end"))[0];
  assert.equal(made("bridge=br0,mtu=9000"), "link add dev end mtu 9000 type veth peer name nic netns ns");
  assert.equal(made("peer=end,mtu=1300"), "link add dev end mtu 1300 type veth peer name nic netns ns");
});

Deno.test("a container does not make the bridge smaller for everybody by a small MTU", () => {
  const [made] = lines(placing(parseRequest("nic", "bridge=br0,mtu=1300"), "ns", "end"));
  assert.equal(made, "link add dev end type veth peer name nic netns ns");
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

Deno.test("names of our own have the 15 characters that the kernel takes", () => {
  assert.equal(ownName("pair", "0123456789abcdef", 10), "chv01234567890a");
});
