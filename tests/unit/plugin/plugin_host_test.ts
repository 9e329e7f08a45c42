import assert from "node:assert/strict";
import type { Needs } from "../../../mod/api/plugin.ts";
import { pluginHost } from "../../../mod/plugin/plugin_host.ts";
import { MemoryHost } from "../memory_host.ts";

function hostOf(needs: Needs, options: Record<string, unknown>) {
  const host = new MemoryHost();
  for (const path of ["/run/a/file", "/run/b", "/run/bc", "/etc/c"]) host.file(path, "text");
  return pluginHost(host, "reader", "plan", needs, options, () => ({}));
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
    () => ({}),
  );
  assert.equal(host.readTextFile("/named/self/file"), "text");
  for (const path of ["self/root/etc/secret", "7/root/etc/secret", "beside/secret", "beside/.", "7/root/"]) {
    const led = new RegExp(`/named/${path}, where a link leads to /.*, which its needs.read do not name`);
    assert.throws(() => host.readTextFile(`/named/${path}`), led);
    assert.throws(() => host.readJsonFile(`/named/${path}`), led);
    assert.throws(() => host.lstat(`/named/${path}`), led);
    assert.throws(() => host.readLink(`/named/${path}`), led);
  }
  assert.equal(host.readLink("/named/7/root"), "/");
  assert.equal(host.lstat("/named/beside")?.kind, "a symbolic link");
});

Deno.test("a folder behind a link that needs.read names is read", () => {
  const memory = new MemoryHost();
  memory.file("/run/a/file", "text");
  memory.symlink("/var/run", "/run");
  const host = pluginHost(memory, "reader", "plan", { read: ["/var/run/a"] }, {}, () => ({}));
  assert.equal(host.readTextFile("/var/run/a/file"), "text");
});

Deno.test("an option that is not set names nothing", () => {
  assert.throws(() => hostOf({ read: [{ option: "one" }] }, {}).readTextFile("/run/b"), /do not name/);
});
