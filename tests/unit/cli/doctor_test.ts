import assert from "node:assert/strict";
import { checkEngine } from "../../../mod/doctor/engines.ts";
import { checkInstallation, readLauncher } from "../../../mod/doctor/launchers.ts";
import { machineOf, tinyProgram } from "../../../mod/doctor/test_bundle.ts";
import type { Finding } from "../../../mod/cli/kit/finding.ts";
import { VERSION } from "../../../mod/core/version.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { CONTROLS } from "../../../mod/engines/setup/controls.ts";
import { LAUNCHER_VERSION } from "../../../mod/wrapper/launcher_contract.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { MemoryHost } from "../memory_host.ts";

const LAUNCHER = "/usr/bin/container-hooks-runtime";
const PROGRAM = "/usr/libexec/container-hooks/1/container-hooks";

function told(findings: readonly Finding[]): string[] {
  return findings.map(({ state, what, remedy }) => `${state}: ${what}${remedy ? ` -> ${remedy}` : ""}`);
}

/** A host with a launcher of this text, its program and its runtime. */
function installed(text: string): MemoryHost {
  const host = new MemoryHost();
  host.file(LAUNCHER, text, { mode: 0o755 });
  host.file(PROGRAM, "program", { mode: 0o755 });
  host.file("/usr/bin/runc", "runc", { mode: 0o755 });
  return host;
}

const current = launcherText({ program: PROGRAM, runtime: "/usr/bin/runc", version: VERSION });

const LAUNCHERS: [name: string, text: string, says: RegExp][] = [
  ["of this version", current, /^ok: stands in front of \/usr\/bin\/runc$/],
  [
    "of another version",
    current.replace(VERSION, "0.0.9"),
    /^warning: is of container-hooks 0\.0\.9, .* -> container-hooks install$/,
  ],
  [
    "of another interface",
    current.replace(/--launcher=\d+/, "--launcher=99"),
    /^error: .* does not fit this one -> container-hooks install$/,
  ],
  [
    "of a program that is gone",
    current.replaceAll(PROGRAM, "/gone"),
    /^error: its program \/gone is gone: nothing starts/,
  ],
  [
    "of a runtime that is gone",
    current.replaceAll("/usr/bin/runc", "/usr/bin/rung"),
    /^error: its OCI runtime is gone: \/usr\/bin\/rung does not exist -> install \/usr\/bin\/rung again/,
  ],
  ["that is the program itself", "\u007fELF", /^ok: is the program itself/],
];

for (const [name, text, says] of LAUNCHERS) {
  Deno.test(`a launcher ${name} is told as ${says.source.slice(1, 5)}`, () => {
    assert.match(told(checkInstallation(installed(text))).at(-1)!, says);
  });
}

Deno.test("a launcher that others could write is an error", () => {
  const host = installed(current);
  host.file(LAUNCHER, current, { uid: 1000 });
  assert.match(told(checkInstallation(host)).at(-1)!, /^error: .* is not trusted/);
});

Deno.test("where nothing is installed, install is what mends it", () => {
  assert.match(
    told(checkInstallation(new MemoryHost()))[0]!,
    /^warning: nothing is installed.* -> container-hooks install$/,
  );
});

Deno.test("what a launcher says of itself is read back from its text", () => {
  const program = "/opt/it's here/container-hooks";
  const text = launcherText({ program, runtime: "/usr/bin/crun", version: "1.2.3" });
  assert.deepEqual(readLauncher(text), {
    version: "1.2.3",
    contract: LAUNCHER_VERSION,
    program,
    runtime: "/usr/bin/crun",
  });
});

/** A host with docker's program, and this daemon.json. */
function withDocker(daemonJson: unknown): MemoryHost {
  const host = installed(current);
  host.folder("/proc");
  host.file("/usr/bin/dockerd", "dockerd", { mode: 0o755 });
  host.programs["/usr/bin/dockerd"] = () => ({
    stdout: new TextEncoder().encode("Docker version 20.10.24, build 1\n"),
  });
  if (daemonJson !== undefined) host.file("/etc/docker/daemon.json", JSON.stringify(daemonJson));
  return host;
}

const checkDocker = async (daemonJson: unknown) =>
  told(await checkEngine(withDocker(daemonJson), "docker", CONTROLS.docker!));

Deno.test("an engine that is not here is not spoken of", async () => {
  const host = new MemoryHost();
  host.folder("/proc");
  assert.deepEqual(await checkEngine(host, "docker", CONTROLS.docker!), []);
});

Deno.test("an engine that does not know us is a warning with the command", async () => {
  assert.deepEqual(await checkDocker(undefined), [
    "warning: does not know us: its containers start without us -> " +
    "container-hooks runtime configure --runtime docker --set-as-default",
  ]);
});

Deno.test("an engine whose default is not ours is a warning", async () => {
  const runtimes = { "container-hooks": { path: LAUNCHER }, "nvidia": { path: "/usr/bin/nvidia" } };
  const [known, byDefault, around] = await checkDocker({ runtimes });
  assert.match(
    known!,
    /^ok: knows container-hooks by \/etc\/docker\/daemon\.json:1, .*no dockerd .* is running/,
  );
  assert.match(byDefault!, /^warning: container-hooks is not the default.* --set-as-default$/);
  assert.match(around!, /^ok: goes around us where asked to: its runtimes nvidia, runc; builds by BuildKit$/);
});

Deno.test("an engine is told by the launcher that it calls, whatever its runtime is called", async () => {
  const daemon = { runtimes: { mine: { path: LAUNCHER } }, "default-runtime": "mine" };
  const [known, byDefault] = await checkDocker(daemon);
  assert.match(known!, /^ok: knows mine /);
  assert.match(byDefault!, /^ok: mine is the default/);
});

Deno.test("containerd's default is that of pods: ctr chooses a runtime itself", async () => {
  const host = installed(current);
  host.folder("/proc");
  const runtimes = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.container-hooks';
  host.file(
    "/etc/containerd/config.toml",
    `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "container-hooks"
${runtimes}]
runtime_type = "io.containerd.runc.v2"
${runtimes}.options]
BinaryName = "${LAUNCHER}"
`,
  );
  const [, byDefault, around] = told(await checkEngine(host, "containerd", CONTROLS.containerd!));
  assert.equal(byDefault, "ok: container-hooks is the default: pods that name no runtime get it");
  assert.equal(
    around,
    "ok: goes around us where asked to: ctr and other clients, which choose a runtime themselves",
  );
});

Deno.test("an engine that runs without what its files say is an error, and a restart mends it", async () => {
  const host = withDocker({ runtimes: { mine: { path: LAUNCHER } } });
  const ask = () => Promise.resolve({ loaded: false, isDefault: false, how: "docker info does not list it" });
  const [loaded] = told(await checkEngine(host, "docker", { ...CONTROLS.docker!, ask }));
  assert.match(loaded!, /^error: .* has mine, which is not loaded: .* -> systemctl restart docker\.service$/);
});

Deno.test("a runtime of ours whose program is gone is an error", async () => {
  const path = "/opt/container-hooks-runtime";
  const [gone] = await checkDocker({ runtimes: { mine: { path } } });
  assert.match(
    gone!,
    /^error: .*its program \/opt\/container-hooks-runtime is not there -> container-hooks install/,
  );
});

Deno.test("a configuration that the engine refuses is an error, and no crash", async () => {
  const host = withDocker(undefined);
  host.file("/etc/docker/daemon.json", "{,}");
  const [finding] = told(await checkEngine(host, "docker", CONTROLS.docker!));
  assert.match(finding!, /^error: \/etc\/docker\/daemon\.json.* is not JSON/);
});

Deno.test("the test container's program ends well on this machine", async () => {
  const program = tinyProgram(machineOf(denoHost, Deno.execPath()));
  assert.ok(program, "there is none for this processor");
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, program);
    await Deno.chmod(path, 0o755);
    const { code, stdout, stderr } = await new Deno.Command(path).output();
    assert.deepEqual([code, stdout.length, stderr.length], [0, 0, 0]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("for an unknown processor there is no program", () => {
  assert.equal(tinyProgram(9999), undefined);
});
