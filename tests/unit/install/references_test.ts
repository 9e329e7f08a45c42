import assert from "node:assert/strict";
import { dockersContainers, engineReferences } from "../../../mod/install/references.ts";
import { MemoryHost } from "../memory_host.ts";

const LAUNCHER = "/usr/bin/container-hooks-runtime";

function referencesIn(path: string, text: string): string[] {
  const host = new MemoryHost();
  host.file(path, text);
  return engineReferences(host, [LAUNCHER]);
}

const NAMED: [path: string, text: string, line: number][] = [
  ["/etc/docker/daemon.json", `{\n"runtimes":{"h":{"path":"${LAUNCHER}"}}}`, 2],
  ["/etc/containerd/config.toml", `\r\n\r\n  BinaryName = '${LAUNCHER}'\r\n`, 3],
  ["/etc/containerd/conf.d/90-hooks.toml", `BinaryName = "${LAUNCHER}"`, 1],
  ["/etc/containers/containers.conf.d/hooks.conf", `h = ["${LAUNCHER}"]`, 1],
  ["/etc/crio/crio.conf.d/10-hooks.conf", `runtime_path = "${LAUNCHER}"`, 1],
  ["/etc/systemd/system/docker.service.d/a.conf", `ExecStart=dockerd --add-runtime h=${LAUNCHER}`, 1],
  ["/var/lib/rancher/k3s/agent/etc/containerd/config.toml.tmpl", `BinaryName = "${LAUNCHER}"`, 1],
];

for (const [path, text, line] of NAMED) {
  Deno.test(`${path} that names the launcher is told with its line`, () => {
    assert.deepEqual(referencesIn(path, text), [`${path}:${line}`]);
  });
}

Deno.test("a comment and another launcher's name are no reference", () => {
  const file = "/etc/containers/containers.conf";
  assert.deepEqual(referencesIn(file, `# h = ["${LAUNCHER}"]\n  #${LAUNCHER}\n`), []);
  assert.deepEqual(referencesIn(file, `h = ["${LAUNCHER}-crun"]\ni = ["${LAUNCHER}.old"]\n`), []);
});

Deno.test("a configuration behind a link is looked at, a named pipe is not waited for", () => {
  const host = new MemoryHost();
  host.file("/srv/daemon.json", LAUNCHER);
  host.symlink("/etc/docker/daemon.json", "/srv/daemon.json");
  host.special("/etc/containerd/config.toml", "a named pipe");
  assert.deepEqual(engineReferences(host, [LAUNCHER]), ["/srv/daemon.json:1"]);
});

const ID = "a".repeat(64);

/** Ids of docker's containers that would miss us, with one container of `name` under a docker of these settings. */
function missing(settings: object, name: string, root = "/var/lib/docker"): string[] {
  const host = new MemoryHost();
  host.file("/etc/docker/daemon.json", JSON.stringify(settings));
  host.file(`${root}/containers/${ID}/hostconfig.json`, JSON.stringify({ Runtime: name }));
  return dockersContainers(host).map(({ id }) => id);
}

Deno.test("a stopped container of docker's that has our name was not seen", () => {
  assert.deepEqual(missing({}, "container-hooks"), [ID]);
  assert.deepEqual(missing({ "data-root": "/srv/docker" }, "container-hooks", "/srv/docker"), [ID]);
  assert.deepEqual(missing({ runtimes: { "container-hooks": { path: LAUNCHER } } }, "container-hooks"), [ID]);
});

Deno.test("a container of another runtime, or whose name was kept for the runtime itself, does not miss us", () => {
  assert.deepEqual(missing({}, "runc"), []);
  const kept = { runtimes: { "container-hooks": { path: "/usr/sbin/runc" } } };
  assert.deepEqual(missing(kept, "container-hooks"), []);
});
