/** The unit of the service: what systemd says about it, and under a systemd that really runs. */
import assert from "node:assert/strict";
import { unitText } from "../../mod/install/service_unit.ts";
import { makeBundle } from "../harness/bundle.ts";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { specTest, testWith } from "../harness/needs.ts";
import { privateHost } from "../harness/private_host.ts";
import { run } from "../harness/run.ts";
import { startSystemd, type SystemdHost } from "../harness/systemd_host.ts";
import { until } from "../harness/until.ts";
import { anotherVersion } from "../harness/versions.ts";
import { workFolder } from "../harness/work_folder.ts";

const UNIT = "container-hooks.service";
const COMMAND = "/usr/bin/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";

/** What would keep every create cold, or remove the journal of living containers. */
const HARMFUL = [
  "PrivateTmp",
  "Protect",
  "CapabilityBoundingSet",
  "RuntimeDirectory",
  "DynamicUser",
  "PrivateDevices",
  "RestrictNamespaces",
  "ReadOnlyPaths",
];

testWith(
  "systemd-analyze has nothing to say against the unit, and it is told nothing harmful",
  ["systemd"],
  async () => {
    using work = workFolder();
    // What the unit starts has to be there.
    work.program("bin/container-hooks", "#!/bin/sh\n");
    const text = unitText(`${work.path}/bin`);
    const unit = work.file(UNIT, text);
    const { status, stdout, stderr } = await run(["systemd-analyze", "verify", "--man=no", unit]);
    const said = (stdout + stderr).split("\n").filter((line) => line.includes("container-hooks"));
    assert.deepEqual([status, said], [0, []]);
    for (const word of HARMFUL) assert.doesNotMatch(text, new RegExp(`^${word}`, "m"));
    assert.match(text, /^Restart=always$/m);
    assert.match(text, /^StartLimitIntervalSec=0$/m);
    assert.match(text, /^OOMPolicy=continue$/m);
  },
);

/** The number of the unit's process; 0 where none runs. */
async function mainPid(systemd: SystemdHost): Promise<number> {
  return Number((await systemd.run(["systemctl", "show", "--value", "-p", "MainPID", UNIT])).stdout);
}

specTest(
  "systemd runs the service from install to uninstall, through kills, an upgrade and a downgrade",
  ["root", "runc", "systemd"],
  async ({ form, work }) => {
    const newer = anotherVersion(form, work, 2);
    const bundle = await makeBundle(work, { args: ["env"] });
    const original = bundle.text();
    await using host = await privateHost();
    await using systemd = await startSystemd(host);
    const installed = await systemd.mustRun([form.path, "install"]);
    assert.match(installed.stdout, /^service +container-hooks[.]service is enabled and started$/m);
    await host.write("/etc/container-hooks/plugins/marking.ts", MARKING_PLUGIN);

    let count = 0;
    const planned = async () => {
      await host.write(bundle.config, original);
      const id = `unit-${++count}`;
      const ran = await systemd.run([LAUNCHER, "run", "--bundle", bundle.path, id]);
      assert.match(ran.stdout, /^MARKED=yes$/m, ran.stderr);
      const told = await systemd.mustRun([COMMAND, "explain", id, "--json"]);
      const { planned } = JSON.parse(told.stdout);
      return planned.warm ? "warm" : planned.why;
    };
    const becomesWarm = () => until("the service plans", async () => await planned() === "warm");
    await becomesWarm();
    assert.equal((await systemd.run(["systemctl", "is-enabled", UNIT])).stdout, "enabled\n");

    const first = await mainPid(systemd);
    const group = (await systemd.mustRun(["cat", `/proc/${first}/cgroup`])).stdout;
    assert.match(group, /^0::\/system[.]slice\/container-hooks[.]service$/m, "its control group is its own");
    await systemd.mustRun(["kill", "-9", String(first)]);
    await becomesWarm();
    assert.notEqual(await mainPid(systemd), first);

    for (const file of [newer, form.path]) {
      const told = await systemd.mustRun([file, "install"]);
      assert.match(told.stdout, /^service +container-hooks[.]service is restarted where it runs$/m);
      await becomesWarm();
    }

    await systemd.mustRun(["systemctl", "stop", UNIT]);
    assert.equal(await planned(), "no service runs", "and the journal is there");
    await systemd.mustRun(["rm", "/etc/container-hooks/plugins/marking.ts"]);
    await systemd.mustRun(["systemctl", "start", UNIT]);
    await systemd.mustRun([COMMAND, "uninstall"]);
    assert.equal(await mainPid(systemd), 0);
    const known = await systemd.run(["systemctl", "list-unit-files", "--no-legend", UNIT]);
    assert.equal(known.stdout, "");
    assert.equal((await host.run(["find", "/etc/systemd/system", "-name", UNIT])).stdout, "");
  },
  "files",
);
