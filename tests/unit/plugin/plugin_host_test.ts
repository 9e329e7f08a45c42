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

Deno.test("an option that is not set names nothing", () => {
  assert.throws(() => hostOf({ read: [{ option: "one" }] }, {}).readTextFile("/run/b"), /do not name/);
});
