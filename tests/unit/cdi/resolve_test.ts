/** CDI devices of a host in memory: found by name, as edits, or refused with the file and the field. */
import assert from "node:assert/strict";
import { device, type Edit, type Plan } from "container-hooks/plugin";
import { completeEdits } from "../../../mod/plan/complete_edits.ts";
import { checkPrograms } from "../../../mod/plan/refuse_edits.ts";
import { kindOf } from "../../../mod/edits/kinds.ts";
import { mergeEdits } from "../../../mod/edits/merge.ts";
import { editJson, parseJsonObject } from "../../../mod/text/json/json_text.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { MemoryHost } from "../memory_host.ts";

/** What one device takes, of all that there is. */
const ALL = {
  cdiVersion: "1.1.0",
  kind: "vendor.com/gpu",
  annotations: { a: "b" },
  containerEdits: { env: ["VENDOR=all"] },
  devices: [
    {
      name: "0",
      containerEdits: {
        env: ["GPU=0"],
        deviceNodes: [
          { path: "/dev/gpu0", permissions: "rw", fileMode: 0o660 },
          { path: "/dev/ctl", hostPath: "/dev/real", type: "c", major: 7, minor: 8 },
        ],
        netDevices: [{ hostInterfaceName: "ib0", name: "eth1" }],
        mounts: [{ hostPath: "/usr/lib/v.so", containerPath: "/usr/lib/v.so", options: ["ro", "bind"] }],
        hooks: [{ hookName: "createContainer", path: "/usr/bin/v", args: ["v", "update-ldcache"] }],
        intelRdt: { closID: "gold", enableMonitoring: true },
        additionalGids: [44],
      },
    },
    { name: "1", containerEdits: { env: ["GPU1=1"] } },
  ],
};

function hostWith(files: Record<string, unknown>): MemoryHost {
  const host = new MemoryHost();
  host.special("/dev/gpu0", "a character device", { special: { major: 195, minor: 3 } });
  host.file("/usr/bin/v", "", { mode: 0o755 });
  for (const [path, content] of Object.entries(files)) {
    host.file(path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return host;
}

function completed(files: Record<string, unknown>, name = "vendor.com/gpu=0"): Promise<Edit[]> {
  return completeEdits(hostWith(files), "p", [device(name)]);
}

function written(spec: Spec, ...edits: Edit[][]): Record<string, unknown> {
  const json = parseJsonObject(JSON.stringify(spec), "config.json");
  const owned = edits.map((each, index) => ({ plugin: `p${index}`, edits: each }));
  return JSON.parse(editJson(json, mergeEdits(spec, owned)).text);
}

const EXPECTED = {
  process: { env: ["VENDOR=all", "GPU=0"], user: { additionalGids: [44] } },
  linux: {
    devices: [
      { path: "/dev/gpu0", type: "c", major: 195, minor: 3, fileMode: 0o660 },
      { path: "/dev/ctl", type: "c", major: 7, minor: 8 },
    ],
    resources: {
      devices: [
        { allow: true, type: "c", major: 195, minor: 3, access: "rw" },
        { allow: true, type: "c", major: 7, minor: 8, access: "rwm" },
      ],
    },
    netDevices: { ib0: { name: "eth1" } },
    intelRdt: { closID: "gold", enableMonitoring: true },
  },
  mounts: [{
    destination: "/usr/lib/v.so",
    source: "/usr/lib/v.so",
    type: "bind",
    options: ["ro", "bind"],
  }],
  hooks: {
    createContainer: [{
      path: "/usr/bin/v",
      args: ["v", "update-ldcache"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    }],
  },
};

Deno.test("a CDI device becomes all that it takes, behind what all of its kind need", async () => {
  const edits = await completed({ "/etc/cdi/vendor.json": ALL });
  assert.deepEqual(written({}, edits), EXPECTED);
  assert.match(
    kindOf("cdi")!.describe(edits[1]!),
    /^vendor\.com\/gpu=0 by \/etc\/cdi\/vendor\.json; env GPU=0; device/,
  );
  const hidden = kindOf("cdi")!.withoutSecrets!(edits[1]!);
  assert.doesNotMatch(kindOf("cdi")!.describe(hidden), /GPU=0;/);
});

Deno.test("a device that two plugins ask for is made once, its hooks too", async () => {
  const edits = await completed({ "/etc/cdi/vendor.json": ALL });
  assert.deepEqual(written({}, edits, structuredClone(edits)), EXPECTED);
});

Deno.test("two devices of one kind share what all of it need", async () => {
  const files = { "/etc/cdi/vendor.json": ALL };
  const host = hostWith(files);
  const edits = await completeEdits(host, "p", [device("vendor.com/gpu=1"), device("vendor.com/gpu=0")]);
  assert.deepEqual((written({}, edits).process as { env: string[] }).env, ["VENDOR=all", "GPU1=1", "GPU=0"]);
});

Deno.test("a specification in YAML is read as its vendor's tools read it: 0660 is octal", async () => {
  const yaml = `---
cdiVersion: 0.5.0
kind: vendor.com/gpu
devices:
- name: "0"
  containerEdits: &edits
    deviceNodes:
    - {path: /dev/gpu0, fileMode: 0660}
- name: all
  containerEdits: *edits
containerEdits:
  env:
  - A=yes
`;
  const edits = await completed({ "/var/run/cdi/vendor.yaml": yaml }, "vendor.com/gpu=all");
  const { linux, process } = written({}, edits) as typeof EXPECTED;
  assert.equal(linux.devices[0]!.fileMode, 0o660);
  assert.deepEqual(process.env, ["A=yes"]);
});

Deno.test("what is in /var/run/cdi takes the place of what is in /etc/cdi", async () => {
  const other = { ...ALL, containerEdits: { env: ["VENDOR=run"] } };
  const edits = await completed({ "/etc/cdi/a.json": ALL, "/var/run/cdi/a.json": other }, "vendor.com/gpu=1");
  assert.deepEqual((written({}, edits).process as { env: string[] }).env, ["VENDOR=run", "GPU1=1"]);
});

Deno.test("a specification that others can write is not looked at, and the sentence says so", async () => {
  const host = hostWith({});
  host.file("/etc/cdi/vendor.json", JSON.stringify(ALL), { mode: 0o666 });
  await assert.rejects(completeEdits(host, "p", [device("vendor.com/gpu=0")]), {
    code: "plugin-edit",
    message:
      /no CDI specification in \/etc\/cdi or \/var\/run\/cdi has; not looked at: .*\/etc\/cdi\/vendor\.json.*mode 0666/,
  });
});

Deno.test("a broken specification is in the way of nobody else", async () => {
  const edits = await completed(
    { "/etc/cdi/a.json": "{", "/etc/cdi/b.yaml": "a: [", "/etc/cdi/c.json": ALL },
    "vendor.com/gpu=1",
  );
  assert.equal(edits.length, 2);
});

const withDevice = (containerEdits: object, more: object = {}) => ({
  ...ALL,
  containerEdits: {},
  devices: [{ name: "0", containerEdits }],
  ...more,
});

const WRONG: [what: string, file: unknown, says: RegExp][] = [
  ["a name that stands nowhere", { ...ALL, kind: "other.com/gpu" }, /which no CDI specification in/],
  [
    "a version that is newer",
    { ...ALL, cdiVersion: "1.2.0" },
    /cdiVersion must be a version from 0\.1\.0 to 1\.1/,
  ],
  ["a field that is misspelt", { ...ALL, device: [] }, /device is unknown/],
  [
    "a device twice",
    { ...ALL, devices: [{ name: "0" }, { name: "0" }] },
    /devices\[1\]\.name is 0 a second time/,
  ],
  ["a number that is a text", withDevice({ additionalGids: ["44"] }), /additionalGids\[0\] must be a whole/],
  [
    "a variable without =",
    withDevice({ env: ["A"] }),
    /\.env\[0\] is no env that can be made: it must be NAME=value/,
  ],
  [
    "a node that is not there",
    withDevice({ deviceNodes: [{ path: "/dev/no" }] }),
    /deviceNodes\[0\] .*\/dev\/no, which is not there/,
  ],
  [
    "a node that is a file",
    withDevice({ deviceNodes: [{ path: "/usr/bin/v" }] }),
    /\/usr\/bin\/v, which is a regular file/,
  ],
  [
    "a hook of no stage",
    withDevice({ hooks: [{ hookName: "x", path: "/a" }] }),
    /hooks\[0\] .*must be one of prestart/,
  ],
  [
    "a hook with a loader's variable",
    withDevice({ hooks: [{ hookName: "prestart", path: "/a", env: ["LD_PRELOAD=/x"] }] }),
    /hooks\[0\] .*variable of the program loader/,
  ],
  [
    "a mount that leads elsewhere",
    withDevice({ mounts: [{ hostPath: "/a", containerPath: "/../b" }] }),
    /mounts\[0\] /,
  ],
  ["a file that is no object", "[]", /cannot be used/],
  ["a YAML with a bomb", "a", /cannot be used/],
];

for (const [what, file, says] of WRONG) {
  Deno.test(`a CDI device is refused with its file: ${what}`, async () => {
    await assert.rejects(completed({ "/etc/cdi/vendor.json": file }), { code: "plugin-edit", message: says });
  });
}

Deno.test("YAML that grows without end ends with a sentence", async () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((name, index) => {
      const before = "abcdefgh"[index];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
    }),
  ].join("\n");
  await assert.rejects(completed({ "/etc/cdi/vendor.yaml": bomb }), { message: /vendor\.yaml.*is no YAML/ });
});

Deno.test("two files of one folder that have a device are both named", async () => {
  await assert.rejects(completed({ "/etc/cdi/a.json": ALL, "/etc/cdi/b.json": ALL }), {
    message: /which both \/etc\/cdi\/a\.json and \/etc\/cdi\/b\.json have/,
  });
});

Deno.test("programs that a specification's hooks name must be root's", async () => {
  const host = hostWith({ "/etc/cdi/a.json": ALL });
  const edits = await completeEdits(host, "p", [device("vendor.com/gpu=0")]);
  checkPrograms(host, [{ plugin: "p", edits }]);
  host.file("/usr/bin/v", "", { mode: 0o777 });
  assert.throws(() => checkPrograms(host, [{ plugin: "p", edits }]), { code: "untrusted" });
});

Deno.test("a device of the host gives type and numbers, and one of another type is refused", async () => {
  const host = hostWith({});
  host.special("/dev/sda", "a block device", { special: { major: 8, minor: 0 } });
  const plan: Plan = {
    edits: [device({ path: "/dev/x", hostPath: "/dev/sda" }), device({ path: "/dev/gpu0", type: "u" })],
  };
  assert.deepEqual(
    (await completeEdits(host, "p", plan.edits!)).map((edit) => kindOf(edit.edit)!.describe(edit)),
    [
      "/dev/x of /dev/sda b 8:0 rwm",
      "/dev/gpu0 u 195:3 rwm",
    ],
  );
  await assert.rejects(completeEdits(host, "p", [device({ path: "/dev/sda", type: "c" })]), {
    message: /edits\[0\]\.device" is to be of type c, and \/dev\/sda is a block device/,
  });
});

Deno.test("what the system refuses is told with the edit that asked for it", async () => {
  const host = hostWith({});
  host.fault = (_, path) => {
    if (path === "/dev/gpu0") throw new Error("permission denied");
  };
  await assert.rejects(completeEdits(host, "p", [device({ path: "/dev/gpu0" })]), {
    code: "plugin-edit",
    message: /"edits\[0\]" cannot be looked up on the host: permission denied/,
  });
});
