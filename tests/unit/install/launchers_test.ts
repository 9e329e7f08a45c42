import assert from "node:assert/strict";
import { chooseLaunchers } from "../../../mod/install/launchers.ts";
import type { InstallRecord } from "../../../mod/install/record.ts";
import { MemoryHost } from "../memory_host.ts";

const PROGRAM = "/usr/libexec/container-hooks/1/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";

function hostWith(...runtimes: string[]): MemoryHost {
  const host = new MemoryHost();
  for (const path of runtimes) host.file(path, `runtime ${path}`, { mode: 0o755 });
  return host;
}

function recordOf(launchers: Record<string, string>): InstallRecord {
  const items = Object.entries(launchers).map(([path, runtime]) =>
    ({ kind: "file", path, mode: 0o755, sha256: "", runtime }) as const
  );
  return { format: 1, state: "whole", version: "0.0.1", program: "/x", items };
}

function choose(host: MemoryHost, runtimes: string[], earlier?: InstallRecord): Record<string, string> {
  const launchers = chooseLaunchers(host, { runtimes }, PROGRAM, earlier, "/usr/bin");
  return Object.fromEntries(launchers.map(({ path, runtime }) => [path, runtime]));
}

Deno.test("the first runtime that is found has the plain name, each other one its own", () => {
  const host = hostWith("/usr/sbin/runc", "/usr/bin/crun");
  assert.deepEqual(choose(host, ["docker-runc", "crun", "runc"]), {
    [LAUNCHER]: "/usr/bin/crun",
    [`${LAUNCHER}-runc`]: "/usr/sbin/runc",
  });
});

Deno.test("two names of one runtime make one launcher", () => {
  const host = hostWith("/usr/sbin/runc");
  host.symlink("/usr/bin/docker-runc", "/usr/sbin/runc");
  assert.deepEqual(choose(host, ["runc", "docker-runc"]), { [LAUNCHER]: "/usr/sbin/runc" });
});

Deno.test("a launcher stays in front of its runtime, whatever is configured or found later", () => {
  const host = hostWith("/usr/sbin/runc", "/usr/bin/crun");
  const earlier = recordOf({ [LAUNCHER]: "/usr/sbin/runc" });
  assert.deepEqual(choose(host, ["crun", "runc"], earlier), {
    [LAUNCHER]: "/usr/sbin/runc",
    [`${LAUNCHER}-crun`]: "/usr/bin/crun",
  });
  const gone = recordOf({ [LAUNCHER]: "/opt/gone/runc" });
  assert.equal(choose(host, ["crun"], gone)[LAUNCHER], "/opt/gone/runc");
});

Deno.test("ourselves under a runtime's name are no runtime", () => {
  const host = hostWith("/usr/bin/crun");
  host.file("/usr/local/bin/runc", "#!/bin/sh\n# The OCI runtime of container-hooks 1\n", { mode: 0o755 });
  assert.deepEqual(choose(host, ["runc", "crun"]), { [LAUNCHER]: "/usr/bin/crun" });
});

Deno.test("without a runtime there is nothing to stand in front of", () => {
  assert.throws(() => choose(hostWith(), ["runc", "crun"]), /no OCI runtime was found: runc is not there/);
});
