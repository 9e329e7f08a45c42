import assert from "node:assert/strict";
import { widenFields } from "../../../mod/core/wide_fields.ts";

Deno.test("limits are bigint whatever their value, and what is not 64 bits wide stays a number", () => {
  const spec = {
    process: { user: { uid: 0 }, rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 2n ** 63n }] },
    linux: {
      resources: {
        memory: { limit: -1, disableOOMKiller: false },
        cpu: { shares: 2, cpus: "0-1" },
        devices: [{ allow: false }, { major: 1, minor: 3 }],
        blockIO: { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }] },
      },
      seccomp: {
        syscalls: [{ names: ["personality"], args: [{ index: 0, value: 131072, op: "SCMP_CMP_EQ" }] }],
      },
    },
  };
  assert.deepEqual(widenFields(spec) as unknown, {
    process: { user: { uid: 0 }, rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024n, hard: 2n ** 63n }] },
    linux: {
      resources: {
        memory: { limit: -1n, disableOOMKiller: false },
        cpu: { shares: 2n, cpus: "0-1" },
        devices: [{ allow: false }, { major: 1n, minor: 3n }],
        blockIO: { throttleReadBpsDevice: [{ major: 8n, minor: 0n, rate: 600n }] },
      },
      seccomp: {
        syscalls: [{ names: ["personality"], args: [{ index: 0, value: 131072n, op: "SCMP_CMP_EQ" }] }],
      },
    },
  });
});

for (const odd of [null, [], "x", 1.5, { rlimits: "none" }, { rlimits: [null, 7, { soft: "many" }] }]) {
  Deno.test(`what is no whole number in its place stays: ${JSON.stringify(odd)}`, () => {
    const spec = { process: odd, linux: { resources: { memory: odd } } };
    assert.deepEqual(widenFields(structuredClone(spec)), spec);
  });
}

Deno.test("a key of every object is no field", () => {
  const spec = JSON.parse('{"__proto__": {"process": 1}, "linux": {"resources": {"toString": 1}}}');
  assert.deepEqual(widenFields(structuredClone(spec)), spec);
});
