import assert from "node:assert/strict";
import { collectRequests } from "./collect_requests.ts";
import { type NicOptions, OPTIONS } from "./options.ts";

const NOBODY = { engine: "none", annotations: {}, userLabels: {} };

function asked(device: string) {
  const defaults = Object.entries(OPTIONS).map(([name, option]) => [name, option.default]);
  return collectRequests(NOBODY, { ...Object.fromEntries(defaults), devices: [device] } as NicOptions);
}

Deno.test("the settings of a device in config.toml may be separated by semicolons, as in annotations", () => {
  const { requests, faults } = asked("name=a;host=tap0;mtu=1400");
  assert.deepEqual(faults, []);
  assert.deepEqual([requests[0]!.name, requests[0]!.mtu], ["a", 1400]);
});

Deno.test("a device in config.toml without a name is told how one is written, as a whole sentence", () => {
  assert.deepEqual(asked("host=tap0").faults, [
    'option devices, "host=tap0": it must begin with a name, as name=wan,host=eth3 does',
  ]);
});
