import assert from "node:assert/strict";
import type { Needs } from "../../../mod/api/plugin.ts";
import { pluginHost } from "../../../mod/plugin/plugin_host.ts";
import type { PluginValues } from "../../../mod/state/plugin_values.ts";
import { MemoryHost } from "../memory_host.ts";

const NO_VALUES: PluginValues = {
  kept: () => ({}),
  stored: () => undefined,
  storedNames: () => [],
  cached: () => undefined,
  cache() {},
};

function hostOf(needs: Needs, options: Record<string, unknown>) {
  const host = new MemoryHost();
  for (const path of ["/run/a/file", "/run/b", "/run/bc", "/etc/c"]) host.file(path, "text");
  return pluginHost(host, "reader", "plan", needs, options, NO_VALUES);
}

Deno.test("a plugin reads what its needs name, by path and by option, one or a list", () => {
  const host = hostOf({ read: ["/run/a", { option: "one" }, { option: "many" }] }, {
    one: "/run/b",
    many: ["/run/bc", "/etc"],
  });
  for (const path of ["/run/a/file", "/run/b", "/run/bc", "/etc/c"]) {
    assert.equal(host.readTextFile(path), "text");
  }
});

for (const path of ["/run/bc", "/run/b/../bc", "run/b", "/run", "/"]) {
  Deno.test(`${path} is not below /run/b, which its needs name`, () => {
    assert.throws(() => hostOf({ read: ["/run/b"] }, {}).readTextFile(path), /needs\.read do not name/);
  });
}

Deno.test("a link on the way led out of what needs.read names", () => {
  const memory = new MemoryHost();
  memory.file("/etc/secret", "secret");
  memory.file("/named/7/file", "text");
  memory.symlink("/named/7/root", "/");
  memory.symlink("/named/self", "7");
  memory.symlink("/named/beside", "../etc");
  const host = pluginHost(
    memory,
    "reader",
    "plan",
    { read: ["/named", "/named/beside/other"] },
    {},
    NO_VALUES,
  );
  assert.equal(host.readTextFile("/named/self/file"), "text");
  for (const path of ["self/root/etc/secret", "7/root/etc/secret", "beside/secret", "beside/.", "7/root/"]) {
    const led = new RegExp(`/named/${path}, where a link leads to /.*, which its needs.read do not name`);
    assert.throws(() => host.readTextFile(`/named/${path}`), led);
    assert.throws(() => host.readJsonFile(`/named/${path}`), led);
    assert.throws(() => host.lstat(`/named/${path}`), led);
    assert.throws(() => host.readLink(`/named/${path}`), led);
    assert.throws(() => host.readFile(`/named/${path}`), led);
  }
  assert.equal(host.readLink("/named/7/root"), "/");
  assert.equal(host.lstat("/named/beside")?.kind, "a symbolic link");
});

Deno.test("a folder behind a link that needs.read names is read", () => {
  const memory = new MemoryHost();
  memory.file("/run/a/file", "text");
  memory.symlink("/var/run", "/run");
  const host = pluginHost(memory, "reader", "plan", { read: ["/var/run/a"] }, {}, NO_VALUES);
  assert.equal(host.readTextFile("/var/run/a/file"), "text");
});

Deno.test("an option that is not set names nothing", () => {
  assert.throws(() => hostOf({ read: [{ option: "one" }] }, {}).readTextFile("/run/b"), /do not name/);
});

Deno.test("a plugin gets bytes as they are, their checksum, and what lies in a folder, by name", async () => {
  const memory = new MemoryHost();
  memory.file("/data/b", "text");
  memory.file("/data/a/c", "text");
  memory.symlink("/data/link", "b");
  const host = pluginHost(memory, "reader", "plan", { read: ["/data"] }, {}, NO_VALUES);
  assert.deepEqual(host.readFile("/data/b"), new TextEncoder().encode("text"));
  assert.equal(
    await host.sha256("/data/b"),
    "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1",
  );
  const entries = [
    { name: "a", kind: "a folder" },
    { name: "b", kind: "a regular file" },
    { name: "link", kind: "a symbolic link" },
  ];
  assert.deepEqual(host.readFolder("/data"), entries);
  assert.deepEqual(host.readFolder("/data/"), entries);
  assert.throws(() => host.readFolder("/dat"), /needs\.read do not name/);
  await assert.rejects(async () => await host.sha256("/etc/x"), /needs\.read do not name/);
});

Deno.test("a link at the end of a folder's path led out of what needs.read names", () => {
  const memory = new MemoryHost();
  memory.file("/etc/secret", "secret");
  memory.file("/named/inside/file", "text");
  memory.symlink("/named/out", "/etc");
  memory.symlink("/named/in", "inside");
  const host = pluginHost(memory, "reader", "plan", { read: ["/named"] }, {}, NO_VALUES);
  assert.throws(() => host.readFolder("/named/out"), /where a link leads to \/etc/);
  assert.deepEqual(host.readFolder("/named/in").map(({ name }) => name), ["file"]);
});

Deno.test("a file that others can write is no content, and has no checksum", async () => {
  const memory = new MemoryHost();
  memory.file("/data/a", "text", { mode: 0o666 });
  const host = pluginHost(memory, "reader", "plan", { read: ["/data"] }, {}, NO_VALUES);
  assert.throws(() => host.readFile("/data/a"), { code: "untrusted" });
  await assert.rejects(async () => await host.sha256("/data/a"), { code: "untrusted" });
});
