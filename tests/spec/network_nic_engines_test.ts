/** The plugin network-nic under engines, in networks that each test makes. */
import assert from "node:assert/strict";
import { type Engine, IMAGE, startDocker, startPodman } from "../harness/engines.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { assertAsBefore, LOOK, PREFIX, type Scene, setUp } from "../harness/nic.ts";

/** A docker in the test's network, with a runtime `nic`. */
function dockerOf(
  { work }: Subject,
  { installed, network }: Scene,
  nic = installed.runtime,
): Promise<Engine> {
  return startDocker(work, { runtimes: { nic }, env: installed.env, inside: network.inside });
}

/** What a container sees that asks for tap0 by a label of its user's. */
async function askedByLabel(docker: Engine): Promise<string> {
  const label = `${PREFIX}myTap=host=tap0,address=10.0.0.2/24`;
  const words = ["--network=none", "--runtime=nic", "--label", label, IMAGE, ...LOOK];
  const { status, stdout, stderr } = await docker.client(["run", "--rm", ...words]);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What the journal says of the plugin and the one container on record. */
async function recordOf({ installed }: Scene) {
  const [entry] = JSON.parse((await installed.command(["explain", "--json"])).stdout);
  return entry.plugins.find(({ name }: { name: string }) => name === "network-nic");
}

specTest(
  "docker: labels ask, before docker's own network is needed",
  ["root", "runc", "docker", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await using docker = await dockerOf(subject, scene);
    assert.match(await askedByLabel(docker), /inet 10\.0\.0\.2\/24 .*myTap/);
    await assertAsBefore(scene);
  },
);

specTest(
  "docker: a label of the image does not take a device of the host",
  ["root", "runc", "docker", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await using docker = await dockerOf(subject, scene);
    const client = async (...args: string[]) => {
      const { status, stdout, stderr } = await docker.client(args);
      assert.equal(status, 0, stderr);
      return stdout.trim();
    };
    const id = await client("create", "--network=none", IMAGE, "true");
    const label = `LABEL ${PREFIX}myTap="host=tap0"`;
    const image = await client("commit", "--change", label, id);
    const seen = await client("run", "--rm", "--network=none", "--runtime=nic", image, ...LOOK);
    assert.doesNotMatch(seen, /myTap/);
    const record = await recordOf(scene);
    assert.match(record.reasons.join(), /is not known to be a label of docker's user/);
    await assertAsBefore(scene);
  },
);

specTest(
  "docker that configures the network after create: devices come at start",
  ["root", "runc", "docker", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await using docker = await dockerOf(subject, scene, withoutNetworkHook(subject, scene.installed.runtime));
    assert.match(await askedByLabel(docker), /inet 10\.0\.0\.2\/24 .*myTap/);
    const record = await recordOf(scene);
    assert.deepEqual(record.handlers.stages, ["start", "poststop"]);
    await assertAsBefore(scene);
  },
);

/** docker from 28 on writes no such hook; older ones are made to look like it. */
function withoutNetworkHook({ work }: Subject, runtime: string): string {
  return work.program(
    "late",
    `#!/bin/sh
for word do
  case $last in --bundle) sed -i 's/"prestart":\\[[^]]*libnetwork-setkey[^]]*\\][^]]*\\]/"prestart":[]/' "$word/config.json" ;; esac
  last=$word
done
exec ${runtime} "$@"
`,
  );
}

specTest("podman: annotations ask", ["root", "runc", "podman", "ip"], async (subject) => {
  using scene = await setUp(subject);
  await using podman = await startPodman(subject.work, {
    runtimes: { nic: scene.installed.runtime },
    env: scene.installed.env,
    inside: scene.network.inside,
  });
  const annotation = `${PREFIX}myTap=host=tap0;address=10.0.0.2/24`;
  const ran = await podman.client([
    ...["--runtime", "nic", "run", "--rm", "--network=none", "--annotation", annotation],
    ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096", IMAGE, ...LOOK],
  ]);
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /inet 10\.0\.0\.2\/24 .*myTap/);
  await assertAsBefore(scene);
});
