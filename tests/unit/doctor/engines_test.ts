/** What `doctor` says of engines: each of their files, loaded or not, and the command that is about that file. */
import assert from "node:assert/strict";
import { configure } from "../../../mod/cli/runtime/runtime.ts";
import type { Finding } from "../../../mod/cli/kit/finding.ts";
import { CONTROLS } from "../../../mod/engines/setup/controls.ts";
import { checkEngine } from "../../../mod/doctor/engines.ts";
import { call, FLAGS, ORIGINAL } from "../cli/runtime_calls.ts";
import { dockerHost } from "../engines/setup/docker_host.ts";
import { hostWith } from "../engines/setup/engine_host.ts";

const told = (findings: readonly Finding[]) =>
  findings.map(({ subject, state, what, remedy }) =>
    `${subject} ${state}: ${what}${remedy ? ` -> ${remedy}` : ""}`
  );
const checkContainerd = async (host: ReturnType<typeof hostWith>) =>
  told(await checkEngine(host, "containerd", CONTROLS.containerd));

Deno.test("with docker's own containerd, whose CRI is off, doctor could not be green", async () => {
  const host = hostWith("containerd", () => "containerd c 1.7.1 x\n");
  host.file("/etc/containerd/config.toml", 'disabled_plugins = ["cri"]\n');
  assert.deepEqual(await checkContainerd(host), [
    "containerd 1.7.1 ok: needs nothing: /etc/containerd/config.toml:1 turns containerd's CRI plugin off, and " +
    "only that starts containers by the runtimes of this configuration",
  ]);
});

Deno.test("doctor did not see a containerd that reads another file", async () => {
  const k3s = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml";
  const host = hostWith("containerd", () => "", ["-c", k3s]);
  assert.deepEqual(await checkContainerd(host), [
    `containerd (${k3s}) warning: does not know us: its containers start without us -> container-hooks runtime ` +
    `configure --runtime containerd --config ${k3s} --set-as-default`,
  ]);
});

Deno.test("doctor did not see what was put in by --config and --name", async () => {
  const dockerd = dockerHost(ORIGINAL, ["--config-file", "/srv/d.json"], "/srv/d.json");
  const which = { runtime: ["docker"] as const, config: "/srv/d.json", name: "mine" };
  await call(dockerd, configure, { ...FLAGS, ...which });
  const findings = told(await checkEngine(dockerd.host, "docker", CONTROLS.docker));
  const subject = "docker 20.10.24 (/srv/d.json)";
  assert.ok(
    findings.includes(`${subject} ok: knows mine by /srv/d.json:4, and has it loaded`),
    findings.join("\n"),
  );
  assert.match(
    findings.at(-2)!,
    /mine is not the default.* --runtime docker --config \/srv\/d\.json --name mine --set-as-default$/,
  );
});

Deno.test("a containerd that has not read its file as it is was found to be fine", async () => {
  const table = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.container-hooks';
  const text = `version = 2\n${table}]\n${table}.options]\nBinaryName = "${FLAGS.path}"\n`;
  const host = hostWith("containerd", () => text, []);
  host.file(FLAGS.path, "", { mode: 0o755 });
  host.file("/etc/containerd/config.toml", text);
  const [loaded] = await checkContainerd(host);
  assert.match(
    loaded!,
    /warning: knows .* cannot be told: .* has not read its files .* -> systemctl restart containerd/,
  );
});

Deno.test("podman, of which nothing runs, was to be restarted", async () => {
  const host = hostWith("podman", ([first]) => {
    if (first === "--runtime") throw new Error("Error: not found");
    return "";
  });
  host.file(FLAGS.path, "", { mode: 0o755 });
  const text = `[engine.runtimes]\ncontainer-hooks = ["${FLAGS.path}"]\n`;
  host.file("/etc/containers/containers.conf.d/zz-container-hooks.conf", text);
  const [loaded] = told(await checkEngine(host, "podman", CONTROLS.podman));
  assert.match(loaded!, /error: .*podman says: Error: not found -> podman --runtime container-hooks info$/);
});
