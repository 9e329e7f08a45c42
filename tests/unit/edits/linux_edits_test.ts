/** Edits of what a container has on Linux: sysctl, resources, maskedPath, readonlyPath. */
import assert from "node:assert/strict";
import { type Edit, maskedPath, readonlyPath, resources, sysctl } from "container-hooks/plugin";
import { assertConflict, described, merged, mergedText, ofTwo, testRefused } from "./trying.ts";

const by = (...edits: Edit[]) => ({ plugin: "a", edits });
const namespaces = ["network", "ipc", "uts"].map((type) => ({ type }));
const asResources = (resources: unknown) => ({ edit: "resources", resources });

testRefused([
  ["a kernel parameter without a name", sysctl("", "1"), /name" must be the name of a parameter/],
  ["one that leads out of /proc/sys", sysctl("net/../../x", "1"), /name" must be the name of a parameter/],
  ["one that is the host's", sysctl("kernel.hostname", "x"), /is a parameter of the whole host/],
  ["one whose name only begins so", sysctl("network.x", "x"), /is a parameter of the whole host/],
  ["no limit", resources({}), /resources" must name a limit at least/],
  [
    "a limit that is a text",
    asResources({ memory: { limit: "1g" } }),
    /memory\.limit" must be a whole number of 64/,
  ],
  ["a limit that is misspelt", asResources({ memory: { Limit: 1 } }), /memory\.Limit" is unknown/],
  [
    "a limit that is null",
    asResources({ pids: { limit: null } }),
    /pids\.limit" must not be null; leave it out/,
  ],
  ["a limit that has lost digits", resources({ memory: { limit: 2 ** 60 } }), /limit" is beyond 2\^53/],
  ["rules of devices", asResources({ devices: [] }), /devices" is what the edit device writes/],
  [
    "weights of 17 bits",
    resources({ blockIO: { weight: 65536 } }),
    /weight" must be a whole number of 16 bits/,
  ],
  ["a relative path that is masked", maskedPath("proc"), /path" must be an absolute path/],
  ["all that is masked", maskedPath("//"), /path" must be a path below \//],
  ["a read-only path with ..", readonlyPath("/a/../b"), /without \. or \.\. in it/],
]);

Deno.test("a kernel parameter is one key of linux.sysctl", () => {
  const linux = { namespaces, sysctl: { "net.a": "1" } };
  const spec = merged(
    { linux },
    by(sysctl("net.a", "2"), sysctl("kernel.shmmax", "9"), sysctl("fs.mqueue.msg_max", "3")),
  );
  assert.deepEqual(spec.linux?.sysctl, { "net.a": "2", "kernel.shmmax": "9", "fs.mqueue.msg_max": "3" });
});

Deno.test("a kernel parameter of a namespace that the container shares with the host is refused", () => {
  for (
    const [name, type] of [["net.a", "network"], ["kernel.sem", "ipc"], ["kernel.domainname", "uts"]] as const
  ) {
    assert.throws(() => merged({ linux: { namespaces: [] } }, by(sysctl(name, "1"))), {
      code: "plugin-edit",
      message: new RegExp(`"edits\\[0\\]\\.name" is the host's here: .* no ${type} namespace`),
    });
  }
});

Deno.test("two plugins that want different values of a kernel parameter are named", () => {
  assertConflict(sysctl("net.a", "1"), sysctl("net.a", "2"), "the kernel parameter net.a");
});

Deno.test("limits are set each by itself, and what is not named stays to the digit", () => {
  const text = '{"linux":{"resources":{"memory":{"limit":9223372036854775807,"x":-0}}}}';
  const edit = resources({
    memory: { swap: 9223372036854775807n },
    pids: { limit: 100 },
    unified: { "a.b": "c" },
  });
  assert.equal(
    mergedText(text, by(edit)),
    '{"linux":{"resources":{"memory":{"limit":9223372036854775807,"x":-0,"swap":9223372036854775807},' +
      '"pids":{"limit":100},"unified":{"a.b":"c"}}}}',
  );
});

Deno.test("elements of lists take the place of the one for the same thing, or are added", () => {
  const hugepageLimits = [{ pageSize: "2MB", limit: 1n }, { pageSize: "1GB", limit: 2n }].map((each) => ({
    ...each,
    limit: Number(each.limit),
  }));
  const throttle = { major: 8, minor: 0, rate: 1 };
  const spec = merged(
    { linux: { resources: { hugepageLimits } as never } },
    by(
      resources({ hugepageLimits: [{ pageSize: "1GB", limit: 5n }, { pageSize: "64KB", limit: 6 }] }),
      resources({ blockIO: { throttleReadBpsDevice: [throttle] } }),
    ),
  );
  assert.deepEqual(spec.linux?.resources, {
    hugepageLimits: [{ pageSize: "2MB", limit: 1 }, { pageSize: "1GB", limit: 5 }, {
      pageSize: "64KB",
      limit: 6,
    }],
    blockIO: { throttleReadBpsDevice: [throttle] },
  });
});

Deno.test("two plugins that want different limits are named with the limit, and different ones add up", () => {
  const memory = (limit: number) => resources({ memory: { limit } });
  assertConflict(memory(1), memory(2), "the resource memory.limit");
  const pages = (limit: number) => resources({ hugepageLimits: [{ pageSize: "2MB", limit }] });
  assertConflict(pages(1), pages(2), "the resource hugepageLimits 2MB");
  const spec = merged({}, ...ofTwo(memory(1), resources({ memory: { swap: 2 } })));
  assert.deepEqual(spec.linux?.resources, { memory: { limit: 1, swap: 2 } });
});

Deno.test("of limits explain shows each", () => {
  const edit = resources({ memory: { limit: 1n }, hugepageLimits: [{ pageSize: "2MB", limit: 3 }] });
  assert.equal(described(edit).all, "memory.limit=1 hugepageLimits 2MB");
});

Deno.test("paths are masked and made read-only once each, behind those of the engine", () => {
  const spec = merged(
    { linux: { maskedPaths: ["/proc/kcore"], readonlyPaths: null as never } },
    ...ofTwo(maskedPath("/proc/kcore"), maskedPath("/a")),
    by(maskedPath("/a"), readonlyPath("/b")),
  );
  assert.deepEqual(spec.linux?.maskedPaths, ["/proc/kcore", "/a"]);
  assert.deepEqual(spec.linux?.readonlyPaths, ["/b"]);
});
