import assert from "node:assert/strict";
import { MemoryHost } from "../../../tests/unit/memory_host.ts";
import { lastingPath, unitText } from "./unit.ts";

Deno.test("the unit starts the program by its path, whatever is in that", () => {
  assert.match(unitText("/usr/bin/container-hooks"), /^ExecStart=\/usr\/bin\/container-hooks lxcfs watch$/m);
  assert.match(unitText("/opt/a b/50%$x"), /^ExecStart="\/opt\/a b\/50%%\$\$x" lxcfs watch$/m);
});

Deno.test("the unit of an installed program names the link, not a version that an upgrade leaves behind", () => {
  const host = new MemoryHost();
  const version = "/usr/libexec/container-hooks/4f79/container-hooks";
  host.file(version, "");
  assert.equal(lastingPath(host, version), version);
  host.symlink("/usr/bin/container-hooks", version);
  assert.equal(lastingPath(host, version), "/usr/bin/container-hooks");
  assert.equal(lastingPath(host, "/opt/container-hooks"), "/opt/container-hooks");
});
