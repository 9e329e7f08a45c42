/** A whole life on a host with docker, containerd and podman: installed, configured, upgraded, and gone again. */
import assert from "node:assert/strict";
import type { Finding } from "../../mod/cli/kit/finding.ts";
import { dockerClient } from "../harness/engines.ts";
import { type EngineName, ENGINES_OWN, type HostEngines, startHostEngines } from "../harness/host_engines.ts";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { type Need, otherEngines, specTest, type Subject } from "../harness/needs.ts";
import type { PrivateHost } from "../harness/private_host.ts";
import { mustRun } from "../harness/run.ts";
import { anotherVersion } from "../harness/versions.ts";

const COMMAND = "/usr/bin/container-hooks";
const PLUGIN = "/etc/container-hooks/plugins/marking.ts";
const ENGINES: EngineName[] = ["docker", "containerd", "podman"];
const NEEDS: Need[] = ["root", "runc", "docker", "containerd", "podman"];

/** Containers that are started meanwhile, and how many at once. */
const STARTED = 50, AT_ONCE = 5;

specTest(
  "a whole life on this machine's docker, containerd and podman leaves nothing behind",
  NEEDS,
  (subject) => live(subject),
  "files",
);

specTest(
  "a whole life on a docker and a containerd of other versions leaves nothing behind",
  [...NEEDS, "other engines"],
  (subject) => live(subject, otherEngines()),
  "files",
);

async function live({ form, work }: Subject, programs?: string): Promise<void> {
  const newer = anotherVersion(form, work, 1);
  await using engines = await startHostEngines(work, programs);
  const { host } = engines;
  const before = await host.changes();
  if (programs !== undefined) await assertRuns(host, programs);
  await assertMarked(engines, false);

  await host.mustRun([form.path, "install"]);
  await host.write(PLUGIN, MARKING_PLUGIN);
  const configured = await host.mustRun([COMMAND, "runtime", "configure", "--all", "--set-as-default"]);
  assert.match(configured.stdout, /^ {2}restart containerd: /m, "the one that no signal reaches");
  await engines.restartContainerd();
  await assertMarked(engines, true);
  await assertAllGreen(host);

  await upgradeMeanwhile(engines, newer);
  await assertMarked(engines, true);
  await assertAllGreen(host);

  const refused = await host.run([COMMAND, "uninstall"]);
  assert.match(refused.stderr, /still named by .*`container-hooks runtime unconfigure --all`/);
  const taken = await host.run([COMMAND, "runtime", "unconfigure", "--all"]);
  assert.match(taken.stderr, /containerd goes on with container-hooks: .*restart containerd/);
  assert.equal(taken.status, 1, "no signal reaches it");
  await engines.restartContainerd();
  await assertMarked(engines, false);
  await host.mustRun(["rm", PLUGIN]);
  await host.mustRun([COMMAND, "uninstall"]);

  await engines.stop();
  const isOurs = (path: string) => !before.includes(path) && !ENGINES_OWN.includes(path);
  assert.deepEqual((await host.changes()).filter(isOurs), []);
  assert.equal((await host.run(["test", "-e", "/run/container-hooks"])).status, 1, "nor a journal");
}

/** That the daemons which run are those of the folder. */
async function assertRuns(host: PrivateHost, programs: string): Promise<void> {
  const format = "{{range .Server.Components}}{{.Version}} {{end}}";
  const { stdout: running } = await host.mustRun([dockerClient(), "version", "--format", format]);
  for (const daemon of ["usr/sbin/dockerd", "usr/bin/containerd"]) {
    const { stdout: told } = await mustRun([`${programs}/${daemon}`, "--version"]);
    const version = /\d+\.\d+\.\d+\S*?(?=,|\s)/.exec(told)![0];
    assert.ok(running.split(" ").includes(version), `${daemon} is ${version}, and what runs is ${running}`);
  }
}

/** A container of each engine, with the runtime that the engine takes by itself. */
async function assertMarked({ host, runContainer }: HostEngines, marked: boolean): Promise<void> {
  const ends = async () =>
    (await host.mustRun(["sh", "-c", "ls /run | grep -c ^ended- || true"])).stdout.trim();
  for (const engine of ENGINES) {
    const ended = Number(await ends());
    const ran = await runContainer[engine](`life-${crypto.randomUUID().slice(0, 8)}`, ["env"]);
    assert.equal(ran.status, 0, `${engine}: ${ran.stderr}`);
    assert.equal(/^MARKED=yes$/m.test(ran.stdout), marked, `${engine}: ${ran.stdout}`);
    assert.equal(Number(await ends()), ended + Number(marked), `${engine}: handlers of poststop`);
  }
}

async function assertAllGreen(host: PrivateHost): Promise<void> {
  const { status, stdout, stderr } = await host.run([COMMAND, "doctor", "--run", "--json"]);
  const { findings }: { findings: Finding[] } = JSON.parse(stdout);
  assert.deepEqual(findings.filter(({ state }) => state !== "ok"), [], stderr);
  assert.equal(status, 0);
  for (const engine of ENGINES) {
    const ofEngine = findings.filter(({ subject }) => subject.startsWith(`${engine} `)).map(({ what }) =>
      what
    );
    assert.ok(ofEngine.some((what) => what.endsWith("and has it loaded")), `${engine}: ${ofEngine}`);
    assert.ok(ofEngine.some((what) => what.includes("is the default: ")), `${engine}: ${ofEngine}`);
  }
}

/** Containers are started by docker before, while and after the program is exchanged. */
async function upgradeMeanwhile({ host, runContainer }: HostEngines, newer: string): Promise<void> {
  const program = async () => (await host.mustRun(["readlink", COMMAND])).stdout;
  const older = await program();
  let started = 0;
  let isUpgraded = false;
  const failures: string[] = [];
  let tell = () => {};
  const someRun = new Promise<void>((resolve) => tell = resolve);
  const startOne = async () => {
    const number = ++started;
    const ran = await runContainer.docker(`many-${number}`, ["env"]);
    if (ran.status !== 0 || !ran.stdout.includes("MARKED=yes\n")) failures.push(ran.stdout + ran.stderr);
    if (number === AT_ONCE) tell();
  };
  const starting = Array.from({ length: AT_ONCE }, async () => {
    while (started < STARTED || !isUpgraded) await startOne();
  });
  await someRun;
  const startedBefore = started;
  await host.mustRun([newer, "install"]);
  const startedMeanwhile = started - startedBefore;
  isUpgraded = true;
  await Promise.all(starting);
  assert.deepEqual(failures, []);
  assert.ok(startedMeanwhile > 0, "the versions were exchanged while containers were started");
  assert.notEqual(await program(), older);
}
