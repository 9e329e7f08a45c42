import assert from "node:assert/strict";
import { asRuntimesTake, checkSpec } from "../../../mod/core/check_spec.ts";

const WRONG: [spec: Record<string, unknown>, says: RegExp][] = [
  [{ process: [] }, /field process that is not an object/],
  [{ process: { env: { a: 1 } } }, /field process\.env that is not an array of strings/],
  [{ process: { args: ["a", 1] } }, /field "process\.args\[1\]" that is not a string/],
  [{ process: { user: "root" } }, /field process\.user that is not an object/],
  [{ annotations: 7 }, /field annotations that is not an object of strings/],
  [{ annotations: { a: 1 } }, /field annotations\.a that is not a string/],
  [{ mounts: {} }, /field mounts that is not an array of objects/],
  [
    { mounts: [{ destination: "/a" }, { destination: 1 }] },
    /field "mounts\[1\]\.destination" that is not a string/,
  ],
  [{ mounts: [{ options: "ro" }] }, /field "mounts\[0\]\.options" that is not an array of strings/],
  [{ hooks: { prestart: {} } }, /field hooks\.prestart that is not an array of objects/],
  [{ hooks: { poststop: [{ args: [] }] } }, /field "hooks\.poststop\[0\]\.path" that is not a string/],
  [{ root: { path: 1 } }, /field root\.path that is not a string/],
  [{ linux: [] }, /field linux that is not an object/],
  // crun started a uid of "1000", and of true, as 0.
  [
    { process: { user: { uid: "1000" } } },
    /process\.user\.uid that is not a whole number of 32 bits, not below 0/,
  ],
  [{ process: { user: { uid: true } } }, /process\.user\.uid that/],
  [{ process: { user: { uid: 1.5 } } }, /process\.user\.uid that/],
  [{ process: { user: { uid: -1 } } }, /process\.user\.uid that/],
  [{ process: { user: { uid: -0 } } }, /process\.user\.uid that/],
  [{ process: { user: { uid: 4294967296 } } }, /process\.user\.uid that/],
  [{ process: { user: { additionalGids: ["5"] } } }, /"process\.user\.additionalGids\[0\]" that/],
  [{ process: { noNewPrivileges: "true" } }, /process\.noNewPrivileges that is not true or false/],
  [{ process: { capabilities: [] } }, /process\.capabilities that is not an object/],
  [{ process: { rlimits: [{ hard: "7" }] } }, /"process\.rlimits\[0\]\.hard" that/],
  [{ root: { readonly: 1 } }, /root\.readonly that is not true or false/],
  [{ linux: { maskedPaths: "/proc/kcore" } }, /linux\.maskedPaths that is not an array of strings/],
  [{ linux: { seccomp: [] } }, /linux\.seccomp that is not an object/],
  [{ linux: { namespaces: [{ type: 7 }] } }, /"linux\.namespaces\[0\]\.type" that/],
  [{ linux: { resources: { memory: { limit: "1" } } } }, /linux\.resources\.memory\.limit that/],
  [{ linux: { resources: { unified: { a: null } } } }, /linux\.resources\.unified\.a that is not a string/],
  [{ linux: { netDevices: { eth0: null } } }, /linux\.netDevices\.eth0 that is not an object/],
  [{ hostname: 7 }, /hostname that is not a string/],
  [{ mounts: [null] }, /"mounts\[0\]" that is not an object/],
  [{ process: { env: ["A=1", null] } }, /"process\.env\[1\]" that is not a string/],
  [{ annotations: { a: null } }, /annotations\.a that is not a string/],
  [{ hooks: { prestart: [{ path: "/x", timeout: "1" }] } }, /"hooks\.prestart\[0\]\.timeout" that/],
];

const CUT: [spec: Record<string, unknown>, field: string][] = [
  [{ "process\0x": {} }, '"[\\"process\\\\u0000x\\"]"'],
  [{ process: { user: { "uid\0": 7 } } }, "process.user"],
  [{ process: { env: ["A=\0"] } }, "process.env[0]"],
  [{ "x-vendor": { deep: [{ a: "\0" }] } }, "deep[0].a"],
  [{ annotations: { "\0": "" } }, "annotations"],
  [{ process: { env: ["A=\ud800"] } }, "process.env[0]"],
  [{ process: { "\udc00": 1 } }, "process"],
];

for (const [spec, field] of CUT) {
  Deno.test(`crun cut ${JSON.stringify(spec)} at U+0000, or a half pair was another character`, () => {
    assert.throws(() => checkSpec(spec, "config.json in /b"), (error: Error) => {
      assert.match(
        error.message,
        /config\.json in \/b has a key or text at .* with (U\+0000|half a surrogate pair)/,
      );
      return error.message.includes(field.replaceAll('"', "").split("[")[0]!);
    });
  });
}

Deno.test("a gate was shown no user where runtimes start uid 0, and null where they see nothing", () => {
  for (const process of [{}, { user: null }, { user: { uid: null } }, { user: { additionalGids: null } }]) {
    const { user, ...rest } = asRuntimesTake({ process } as never).process!;
    assert.deepEqual(user, { uid: 0, gid: 0, umask: 0o22, additionalGids: [] });
    assert.deepEqual(rest, { terminal: false, args: [], env: [], rlimits: [], noNewPrivileges: false });
  }
  const spec = {
    linux: { seccomp: null, devices: null },
    root: { path: "/r", readonly: null },
    mounts: null,
  };
  const view = asRuntimesTake(spec as never);
  assert.deepEqual(view, {
    linux: { devices: [], namespaces: [], maskedPaths: [], readonlyPaths: [] },
    root: { path: "/r", readonly: false },
    mounts: [],
    annotations: {},
  });
  assert.equal("process" in view, false);
  assert.deepEqual(spec.linux.seccomp, null, "the text is edited by what is written");
});

Deno.test("a list that capabilities lack is empty, and without capabilities nothing is said", () => {
  const { capabilities } = asRuntimesTake({ process: { capabilities: { effective: ["CAP_KILL"] } } })
    .process!;
  assert.deepEqual(capabilities, {
    effective: ["CAP_KILL"],
    bounding: [],
    inheritable: [],
    permitted: [],
    ambient: [],
  });
  assert.equal(asRuntimesTake({ process: {} }).process!.capabilities, undefined);
});

Deno.test("unknown fields and keys such as __proto__ are as they were", () => {
  const spec = JSON.parse('{"x-vendor":{"a":null},"annotations":{"__proto__":"1"},"process":{"y":null}}');
  const view = asRuntimesTake(checkSpec(spec, "config.json in /b"));
  assert.deepEqual(Object.keys(view.annotations!), ["__proto__"]);
  assert.deepEqual(view["x-vendor"], { a: null });
  assert.equal(view.process!.y, null);
});

for (const [spec, says] of WRONG) {
  Deno.test(`${JSON.stringify(spec)} is told by its field, not as a defect`, () => {
    assert.throws(() => checkSpec(spec, "config.json in /b"), says);
  });
}

Deno.test("what is absent or null may be, and what is not known stays", () => {
  const spec = { process: { env: null, args: ["a"] }, mounts: null, hooks: { prestart: null }, vm: { x: 1 } };
  assert.equal(checkSpec(spec, "config.json in /b"), spec);
  checkSpec({}, "config.json in /b");
});
