/** `container-hooks runtime` on a real podman, whose /etc/containers and storage are this test's own. */
import assert from "node:assert/strict";
import { IMAGE, ociArchive } from "../harness/engines.ts";
import { recorder } from "../harness/hooks.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { mustRun, run } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

/** Words in front of a command line that sees `etc` as /etc/containers. */
function withEtc(etc: string): string[] {
  return ["unshare", "-m", "sh", "-c", `mount --bind ${etc} /etc/containers && exec "$@"`, "sh"];
}

/** What an administrator has there: storage in the work folder, and nothing of ours. */
function makeEtc(work: WorkFolder): string {
  work.file("etc/policy.json", '{"default":[{"type":"insecureAcceptAnything"}]}');
  const [lib, state] = [work.folder("lib"), work.folder("state-of-podman")];
  work.file("etc/storage.conf", `[storage]\ndriver = "vfs"\ngraphroot = "${lib}"\nrunroot = "${state}"\n`);
  const engine = '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\nruntime = "runc"\n';
  work.file("etc/containers.conf", `${engine}runtime_supports_json = ["runc", "crun"] # ours\n`);
  return `${work.path}/etc`;
}

specTest(
  "podman: configured, it runs containers by default through us; unconfigured, nothing is left",
  ["root", "runc", "podman"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const { hook, calls } = recorder(work);
    installed.setHooks({ prestart: [hook("prestart")] });
    // conmon hands none of our variables on.
    const exports = Object.entries(installed.env).map(([name, value]) => `export ${name}='${value}'\n`).join(
      "",
    );
    const launcher = work.program("launcher", `#!/bin/sh\n${exports}exec ${installed.runtime} "$@"\n`);
    const etc = makeEtc(work);
    const ours = (verb: string, ...args: string[]) =>
      run([...withEtc(etc), installed.program, "runtime", verb, "--runtime", "podman", ...args], {
        env: installed.env,
      });
    const podman = (...args: string[]) =>
      run([...withEtc(etc), "podman", ...args], { env: { HOME: work.path } });
    await mustRun([...withEtc(etc), "podman", "load", "-i", await ociArchive(work)], {
      env: { HOME: work.path },
    });
    const names = () => Array.from(Deno.readDirSync(etc), ({ name }) => name).sort();
    const before = names();

    const configured = await ours("configure", "--path", launcher, "--set-as-default");
    assert.equal(configured.status, 0, configured.stderr + configured.stdout);
    assert.match(
      configured.stdout,
      /container-hooks: loaded, and the default \(podman --runtime container-hooks info/,
    );
    const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];
    const ran = await podman("run", "--rm", "--network=none", ...limits, IMAGE, "echo", "up");
    assert.equal(ran.stdout, "up\n", ran.stderr);
    assert.equal(calls().length, 1, "the container went through us");
    const status = await ours("status");
    assert.equal(status.status, 0, status.stdout);

    const unconfigured = await ours("unconfigure");
    assert.equal(unconfigured.status, 0, unconfigured.stderr);
    assert.deepEqual(names(), before);
    assert.equal((await podman("info", "--format", "{{.Host.OCIRuntime.Name}}")).stdout, "runc\n");
  },
  "files",
);

specTest(
  "podman: unconfigure left containers that it could neither enter, stop nor remove; with --keep-name it can",
  ["root", "runc", "podman"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const exports = Object.entries(installed.env).map(([name, value]) => `export ${name}='${value}'\n`);
    const launcher = work.program(
      "launcher",
      `#!/bin/sh\n${exports.join("")}exec ${installed.runtime} "$@"\n`,
    );
    const etc = makeEtc(work);
    const ours = (verb: string, ...args: string[]) =>
      run([...withEtc(etc), installed.program, "runtime", verb, "--runtime", "podman", ...args], {
        env: installed.env,
      });
    const podman = (...args: string[]) =>
      run([...withEtc(etc), "podman", ...args], { env: { HOME: work.path } });
    await podman("load", "-i", await ociArchive(work));
    await ours("configure", "--path", launcher, "--set-as-default");
    const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];
    const created = await podman(
      "run",
      "-d",
      "--name",
      "web",
      "--network=none",
      ...limits,
      IMAGE,
      "sleep",
      "60",
    );
    assert.equal(created.status, 0, created.stderr);
    try {
      const refused = await ours("unconfigure");
      assert.equal(refused.status, 1);
      assert.match(
        refused.stderr,
        /podman has 1 container with the runtime container-hooks, "web \([0-9a-f]{12}\)"/,
      );
      const kept = await ours("unconfigure", "--keep-name");
      assert.equal(kept.status, 0, kept.stderr);
      assert.equal((await podman("exec", "web", "echo", "up")).stdout, "up\n");
      const stopped = await podman("restart", "--time", "1", "web");
      assert.equal(stopped.status, 0, stopped.stderr);
      assert.equal((await podman("info", "--format", "{{.Host.OCIRuntime.Name}}")).stdout, "runc\n");
    } finally {
      const removed = await podman("rm", "--force", "--time", "1", "web");
      assert.equal(removed.status, 0, removed.stderr);
    }
    const gone = await ours("unconfigure");
    assert.equal(gone.status, 0, gone.stderr);
  },
  "files",
);
