/** Inside a container that has an engine of its own, as docker-in-docker does. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { Daemon, dockerClient, IMAGE, ociArchive } from "../harness/engines.ts";
import { install } from "../harness/installation.ts";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { specTest } from "../harness/needs.ts";
import { privateHost } from "../harness/private_host.ts";
import { until } from "../harness/until.ts";

const COMMAND = "/usr/bin/container-hooks";
const OUTSIDE_PLUGIN = MARKING_PLUGIN.replace('"MARKED", "yes"', '"MARKED", "outside"');

/** No network is made, and no table of the kernel's that a container may lack. */
const DAEMON = JSON.stringify({ bridge: "none", iptables: false, ip6tables: false });

specTest(
  "inside a container with an engine of its own, a plugin acts, and nothing of it is the host's",
  ["root", "runc", "docker", "ip"],
  async ({ form, work }) => {
    const run = crypto.randomUUID().slice(0, 8);
    const [outsideId, insideId] = [`outside-${run}`, `inside-${run}`];
    // All files are made before the layers.
    work.file("plugins/marking.ts", OUTSIDE_PLUGIN);
    work.file("configured/etc/docker/daemon.json", DAEMON);
    const bundle = await makeBundle(work, { args: ["env"] });
    const outside = await install(form, work);
    const image = await ociArchive(work);

    await using host = await privateHost({ over: [`${work.path}/configured`], contained: true });
    const links = ["mnt", "pid", "uts", "net", "ipc"].map((name) => `/proc/self/ns/${name}`);
    const inner = (await host.mustRun(["readlink", ...links])).stdout.trim().split("\n");
    assert.deepEqual(inner.filter((link, index) => link === Deno.readLinkSync(links[index]!)), []);
    const daemon = new Daemon(work, "dockerd", {}, ["--log-level=warn"], host.enter);
    try {
      await daemon.ready(() => host.run([dockerClient(), "version"]));
      await host.mustRun([dockerClient(), "load", "--input", image]);

      await host.mustRun([form.path, "install"]);
      await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);
      await host.mustRun([COMMAND, "runtime", "configure", "--runtime", "docker", "--set-as-default"]);
      const flags = ["run", "--name", insideId, "--hostname", "box", "--network=none"];
      await until("docker inside has loaded its configuration", async () => {
        const { stdout } = await host.mustRun([dockerClient(), "info", "--format", "{{.DefaultRuntime}}"]);
        return stdout.trim() === "container-hooks";
      });
      const ran = await host.mustRun([dockerClient(), ...flags, IMAGE, "env"]);
      assert.match(ran.stdout, /^MARKED=yes$/m, ran.stderr);
      await host.mustRun(["test", "-e", `/run/ended-${await fullId(host, insideId)}`]);

      const ranOutside = await outside.asRuntime(["run", "--bundle", bundle.path, outsideId]);
      assert.match(ranOutside.stdout, /^MARKED=outside$/m, ranOutside.stderr);

      // Each knows its own container, by its name, and not the other's.
      const explained = await host.mustRun([COMMAND, "explain", insideId]);
      assert.match(explained.stdout, /marking[^]*MARKED/);
      assert.notEqual((await host.run([COMMAND, "explain", outsideId])).status, 0);
      assert.equal((await outside.command(["explain", outsideId])).status, 0);
      assert.notEqual((await outside.command(["explain", insideId])).status, 0);
      for (const place of ["/etc/container-hooks/plugins/marking.ts", `/run/ended-${insideId}`]) {
        assert.throws(() => Deno.lstatSync(place), Deno.errors.NotFound);
      }

      const doctor = await host.run([COMMAND, "doctor", "--json"]);
      const { findings } = JSON.parse(doctor.stdout) as { findings: { subject: string; state: string }[] };
      assert.deepEqual(findings.filter(({ state }) => state === "error"), [], doctor.stdout);

      await host.mustRun([dockerClient(), "rm", insideId]);
      await host.mustRun([COMMAND, "runtime", "unconfigure", "--all"]);
      await host.mustRun(["rm", "/etc/container-hooks/plugins/marking.ts"]);
      await host.mustRun([COMMAND, "uninstall"]);
      assert.equal((await host.run(["test", "-e", "/run/container-hooks"])).status, 1);
    } finally {
      // What nsenter has started in another pid namespace gets no signal of nsenter's.
      await host.run(["sh", "-c", "kill $(cat /run/docker.pid)"]);
      await daemon.stop();
    }
  },
  "files",
);

async function fullId(host: { mustRun(argv: string[]): Promise<{ stdout: string }> }, name: string) {
  const { stdout } = await host.mustRun([dockerClient(), "inspect", "--format", "{{.Id}}", name]);
  return stdout.trim();
}
