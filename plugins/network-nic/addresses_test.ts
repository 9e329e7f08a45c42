import assert from "node:assert/strict";
import { contains, parseAddress, parseNetwork, sameAddress } from "./addresses.ts";

Deno.test("an address is the same in every spelling", () => {
  assert.ok(sameAddress("fd00::1", "fd00:0:0:0:0:0:0:1/64"));
  assert.ok(sameAddress("::ffff:10.0.0.1", "::ffff:a00:1"));
  assert.ok(sameAddress("10.0.0.1/24", "10.0.0.1/8"));
  assert.ok(!sameAddress("10.0.0.1", "::a00:1"));
});

Deno.test("what is no address is none", () => {
  const wrong = ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", ":", ":::", "1::2::3", "12345::", "g::"];
  for (const text of [...wrong, "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "fe80::1%eth0"]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

Deno.test("a range holds the addresses with its beginning, and those alone", () => {
  const range = parseNetwork("10.0.4.0/22")!;
  assert.ok(contains(range, parseAddress("10.0.7.255")!));
  assert.ok(!contains(range, parseAddress("10.0.8.0")!));
  assert.ok(!contains(parseNetwork("::/0")!, parseAddress("10.0.0.1")!));
  assert.ok(contains(parseNetwork("0.0.0.0/0")!, parseAddress("255.255.255.255")!));
});
