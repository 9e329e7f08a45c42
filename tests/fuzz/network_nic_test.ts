/** What containers can write as a request never becomes another command, another device, or an address beyond the policy. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { contains, parseAddress, parseNetwork } from "../../plugins/network-nic/addresses.ts";
import { attachments, misshapen } from "../../plugins/network-nic/attachment.ts";
import { batchOf } from "../../plugins/network-nic/batch.ts";
import { placing, settling, sysctlsOf } from "../../plugins/network-nic/device_commands.ts";
import { refusals } from "../../plugins/network-nic/policy.ts";
import { type DeviceRequest, parseRequest } from "../../plugins/network-nic/request.ts";
import { ValueError } from "../../plugins/network-nic/values.ts";

const KEYS = ["host", "bridge", "peer", "macvlan", "mode", "mac", "mtu", "queue", "up", "address", "route"];
const key = fc.constantFrom(...KEYS, "default", "neighbour", "sysctl", "x");
const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom("tap0", "br0", "10.0.0.2/24", "fd00::1/64", "10.0.0.1", "1500", "02:00:00:00:00:01", "yes"),
  fc.constantFrom(
    "ipv4.rp_filter=1",
    "10.1.0.0/16 via 10.0.0.1",
    "a\nlink delete dev eth0",
    "a b",
    '"x',
    "#",
  ),
);
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.array(fc.tuple(key, value).map((pair) => pair.join("=")), { maxLength: 6 }).map((parts) =>
    parts.join(",")
  ),
);

function parsed(name: string, request: string): DeviceRequest | undefined {
  try {
    return parseRequest(name, request);
  } catch (thrown) {
    assert.ok(thrown instanceof ValueError, `${thrown}`);
    return undefined;
  }
}

Deno.test("every word of every command is one plain word", () => {
  fc.assert(
    fc.property(fc.oneof(fc.constant("nic"), fc.string({ maxLength: 18 })), text, (name, request) => {
      const asked = parsed(name, request);
      if (!asked) return;
      for (const command of [...placing(asked, "ns", "end"), ...settling(asked)]) {
        for (const word of command) assert.match(word, /^[\w.:/-]+$/);
      }
      for (const setting of sysctlsOf(asked)) {
        assert.match(setting, /^net\/ipv[46]\/conf\/[\w.-]+\/[a-z0-9_]+=-?\d+$/);
        assert.ok(!setting.includes(".."));
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("whatever root of a container calls a device, a line of a batch is the one command that it was", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 15, unit: "binary" }), { minLength: 1 }),
      (names) => {
        const commands = names.map((name) => ["link", "set", "dev", name, "down"]);
        const lines = batchOf(commands)?.trimEnd().split("\n");
        if (lines) assert.deepEqual(lines.map((line) => line.split(" ")), commands);
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("whatever a file on record holds, it is an attachment or it is named", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const host = { kept: () => ({ value }) } as never;
      assert.equal(attachments(host).length + misshapen(host).length, 1);
    }),
  );
});

Deno.test("without a policy, whatever names a device, an address or a MAC address is refused", () => {
  const nothing = {
    devices: [],
    "allow-devices": [],
    "allow-bridges": [],
    "allow-peers": [],
    "allow-parents": [],
    "allow-macvlan-modes": [],
    "allow-addresses": [],
    "allow-mac": false,
  };
  fc.assert(
    fc.property(text, (request) => {
      const asked = parsed("nic", request);
      if (asked) assert.notDeepEqual(refusals(asked, nothing), []);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("an IPv6 address reads the same in its long spelling", () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const read = parseAddress(address);
      assert.ok(read, address);
      const long = read.value.toString(16).padStart(32, "0").match(/.{4}/g)!.join(":");
      assert.equal(parseAddress(long)?.value, read.value);
    }),
  );
});

Deno.test("a network holds its own address", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, length) => {
      const network = parseNetwork(`${address}/${length}`)!;
      assert.ok(contains(network, parseAddress(address)!));
    }),
  );
});
