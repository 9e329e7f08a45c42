/** Which processes are an engine's own, and which files they make sites of. */
import assert from "node:assert/strict";
import { CONTROLS } from "../../../../mod/engines/setup/controls.ts";
import { findDaemons } from "../../../../mod/engines/setup/daemons.ts";
import { findAllSites } from "../../../../mod/engines/setup/find_sites.ts";
import { hostWith, PID } from "./engine_host.ts";
import { putProcess } from "./processes.ts";

Deno.test("docker's own containerd was taken for the system's where --exec-root puts its file elsewhere", () => {
  const host = hostWith("containerd", () => "", ["--config", "/srv/run/containerd/containerd.toml"]);
  putProcess(host, { pid: 40, program: "dockerd", args: ["--exec-root", "/srv/run"] });
  assert.equal(findDaemons(host, CONTROLS.containerd).length, 1);
  const args = ["--config", "/srv/run/containerd/containerd.toml"];
  putProcess(host, { pid: PID, program: "containerd", args, parent: 40 });
  assert.deepEqual(findDaemons(host, CONTROLS.containerd), []);
});

Deno.test("a containerd with a file of its own is asked by the program that it runs", async () => {
  const host = hostWith("containerd", () => "containerd c 1.6.20 x\n", ["-c", "/var/lib/k/config.toml"]);
  host.file("/var/lib/k/bin/containerd", "", { mode: 0o755 });
  host.programs["/var/lib/k/bin/containerd"] = () => ({
    stdout: new TextEncoder().encode("containerd c 2.1.4 x"),
  });
  host.symlink(`/proc/${PID}/exe`, "/var/lib/k/bin/containerd");
  const sites = await findAllSites(host, CONTROLS.containerd);
  assert.deepEqual(sites.map(({ file, program, version }) => [file, program, version]), [
    ["/etc/containerd/config.toml", "/usr/bin/containerd", "1.6.20"],
    ["/var/lib/k/config.toml", "/var/lib/k/bin/containerd", "2.1.4"],
  ]);
});
