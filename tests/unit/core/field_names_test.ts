import assert from "node:assert/strict";
import { refuseMisspelt } from "../../../mod/core/field_names.ts";

const WHAT = "config.json in /b";

const MISSPELT: [spec: unknown, says: RegExp][] = [
  [
    { process: { user: { uid: 1000 } }, Process: { user: { uid: 0 } } },
    /field Process, .* take for process /,
  ],
  [{ Process: {} }, /spell it process/],
  [{ process: { User: { uid: 0 } } }, /field User,/],
  [{ proceſs: {} }, /field "proce\u017fs", .* for process /],
  [{ "hoo\u212as": {} }, /for hooks /],
  [{ mounts: [{ destination: "/a" }, { Destination: "/b" }] }, /for destination /],
  [{ linux: { resources: { blockio: {} } } }, /for blockIO /],
  [{ hooks: { PreStart: [] } }, /for prestart /],
  [{ hooks: { poststop: [{ Path: "/a" }] } }, /for path /],
  [{ linux: { seccomp: { syscalls: [{ args: [{ Value: 1 }] }] } } }, /for value /],
  [{ linux: { rdma: null, resources: { rdma: { mlx5: { HcaHandles: 1 } } } } }, /for hcaHandles /],
];

for (const [spec, says] of MISSPELT) {
  Deno.test(`a gate is not shown another field than runc reads: ${JSON.stringify(spec)}`, () => {
    assert.throws(() => refuseMisspelt(spec, WHAT), says);
  });
}

Deno.test("names of something else than fields may be spelt as they are", () => {
  refuseMisspelt({
    annotations: { Process: "1", PATH: "2" },
    linux: {
      sysctl: { "Kernel": "1" },
      resources: { unified: { Memory: "1" }, rdma: { Limit: { hcaHandles: 1 } } },
      netDevices: { Name: { name: "eth0" } },
      timeOffsets: { Secs: { secs: 1 } },
    },
    windows: { credentialSpec: { Path: 1, Process: [{ Hooks: 1 }] } },
    "org.example": { Process: { User: 1 } },
    process: null,
    mounts: null,
  }, WHAT);
});

for (
  const spec of [
    { process: { Limit: 1, Memory: { Swap: 1 } } },
    { root: { Type: "overlay" } },
    { Path: "/vendor", Limits: {} },
    { linux: { Args: [], resources: { Name: "a" } } },
    { hooks: { Timeout: 3 } },
    { mounts: [{ Path: "/a" }] },
  ]
) {
  Deno.test(`a field of a vendor's was refused, for one of another place: ${JSON.stringify(spec)}`, () => {
    refuseMisspelt(spec, WHAT);
  });
}
