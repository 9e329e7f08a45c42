/** What plugins and gates are shown of a container by the real engines: what is the engine's own, and what is not. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  type Engine,
  IMAGE,
  imageWithLabels,
  startContainerd,
  startDocker,
  startPodman,
} from "../harness/engines.ts";
import { startCri } from "../harness/cri.ts";
import type { Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { entryOf, gate, installTeller, told } from "../harness/teller.ts";

const LABELLED = "localhost/labelled:1";
const OF_IMAGE = { from: "image", both: "image" };
const RUNTIME = "container-hooks-runtime";
const ULIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];

/** Runs `true` in the labelled image, with labels of its own. */
function runLabelled(engine: Engine, id: string, words: string[] = []) {
  const own = ["--label", "both=user", "--label", "user=me"];
  const run = ["run", "--rm", "--name", id, "--network=none", ...own, ...words, LABELLED, "true"];
  return engine.name === "podman"
    ? engine.client(["--runtime", RUNTIME, ...run.toSpliced(1, 0, ...ULIMITS)])
    : engine.client(run.toSpliced(1, 0, "--runtime", RUNTIME));
}

const LABELS = { from: "image", both: "user", user: "me" };
const USERS = { both: "user", user: "me" };

async function assertLabelled(installed: Installation, id: string, engine: string): Promise<void> {
  const seen = await told(installed, id);
  assert.deepEqual([seen.engine, seen.labels, seen.userLabels], [engine, LABELS, USERS]);
  assert.match(seen.image.name!, /labelled:1$/);
  assert.match(seen.image.id!, /^sha256:[0-9a-f]{64}$/);
  const by = (name: string) => seen.facts[name]!.by;
  assert.deepEqual(["engine", "role", "imageId"].map(by), ["engine", "engine", "engine"]);
  assert.deepEqual(["names", "imageName", "labels", "userLabels"].map(by), Array(4).fill("author"));
}

const GATES = {
  "by-label": gate("by-label", { labels: { "^user$": "^me$" } }),
  "by-image": gate("by-image", { image: ["never"] }),
};

async function assertDeniedByLabel(ran: Promise<{ status: number; stderr: string }>): Promise<void> {
  const { status, stderr } = await ran;
  assert.notEqual(status, 0);
  assert.match(stderr, /plugin by-label denies it: asked/);
}

specTest(
  "podman --label was never seen, and a gate by label never asked",
  ["root", "runc", "podman"],
  async (subject) => {
    const installed = await installTeller(subject, { plugins: GATES, policy: OFF });
    await using podman = await startPodman(subject.work, {
      runtimes: { [RUNTIME]: installed.runtime },
      env: installed.env,
    });
    await imageWithLabels(subject.work, podman, LABELLED, OF_IMAGE);
    const ran = await runLabelled(podman, "labelled");
    assert.equal(ran.status, 0, ran.stderr);
    await assertLabelled(installed, "labelled", "podman");
    setPolicy(installed, "");
    await assertDeniedByLabel(runLabelled(podman, "denied"));
  },
);

specTest("podman's database that cannot be read leaves a gate by label unable to judge", [
  "root",
  "runc",
  "podman",
], async (subject) => {
  const installed = await installTeller(subject, { plugins: GATES, policy: OFF });
  const { work } = subject;
  await using podman = await startPodman(work, {
    runtimes: { [RUNTIME]: installed.runtime },
    env: installed.env,
  });
  await imageWithLabels(work, podman, LABELLED, OF_IMAGE);
  await Deno.chmod(`${work.path}/podman/libpod/bolt_state.db`, 0o666);
  setPolicy(installed, "");
  const { status, stderr } = await runLabelled(podman, "unsure");
  assert.notEqual(status, 0);
  assert.match(stderr, /gate by-label cannot judge it: labels: not known: .*bolt_state\.db is not trusted/);
  const entry = await entryOf(installed, "unsure");
  assert.equal(entry.outcome, "refused");
  assert.match(entry.container.unknown?.join() ?? "", /labels: .*bolt_state\.db is not trusted/);
});

for (const mode of ["DELETE", "WAL"]) {
  specTest(`podman 5's database is read in this form of the program, in mode ${mode}`, [
    "root",
    "runc",
    "podman",
  ], async (subject) => {
    const installed = await installTeller(subject);
    const { work } = subject;
    await using podman = await startPodman(work, {
      runtimes: { [RUNTIME]: installed.runtime },
      env: installed.env,
    });
    const words = [
      "create",
      "--name",
      "five",
      "--network=none",
      ...ULIMITS,
      "--label",
      "user=four",
      IMAGE,
      "true",
    ];
    const created = await podman.client(["--runtime", RUNTIME, ...words]);
    assert.equal(created.status, 0, created.stderr);
    const id = created.stdout.trim();
    // The table of libpod/sqlite_state_internal.go, without those that it refers to.
    using database = new DatabaseSync(`${work.path}/podman/db.sql`);
    database.exec(`PRAGMA journal_mode = ${mode}`);
    database.exec(
      "CREATE TABLE ContainerConfig (ID TEXT PRIMARY KEY NOT NULL, Name TEXT UNIQUE NOT NULL, PodID TEXT, JSON TEXT NOT NULL)",
    );
    const record = JSON.stringify({ id, name: "five", labels: { user: "five" } });
    database.prepare("INSERT INTO ContainerConfig VALUES (?, 'five', NULL, ?)").run(
      id,
      new TextEncoder().encode(record),
    );
    const started = await podman.client(["start", "--attach", "five"]);
    assert.equal(started.status, 0, started.stderr);
    const { labels, facts } = await told(installed, "five");
    assert.deepEqual([labels, facts.labels], [{ user: "five" }, { state: "known", by: "author" }]);
  });
}

for (const remapped of [false, true]) {
  const name = remapped
    ? "docker with userns-remap was taken for another client, and a gate by label or image never asked"
    : "docker's facts are told apart: the engine's own and an author's";
  specTest(name, ["root", "runc", "docker"], async (subject) => {
    const installed = await installTeller(subject, { plugins: GATES, policy: OFF });
    await using docker = await startDocker(subject.work, {
      runtimes: { [RUNTIME]: installed.runtime },
      env: installed.env,
      ...remapped ? { inside: withUserRange(subject) } : {},
    });
    await imageWithLabels(subject.work, docker, LABELLED, OF_IMAGE);
    const ran = await runLabelled(docker, "labelled");
    assert.equal(ran.status, 0, ran.stderr);
    await assertLabelled(installed, "labelled", "docker");
    setPolicy(installed, "");
    await assertDeniedByLabel(runLabelled(docker, "denied"));
  });
}

specTest("when.image under ctr was never known: a gate by image is asked, and denies where it cannot judge", [
  "root",
  "runc",
  "containerd",
], async (subject) => {
  const plugins = { "by-image": gate("by-image", { image: ["hooks-test:1$"] }) };
  const installed = await installTeller(subject, { plugins });
  await using containerd = await startContainerd(subject.work, installed.env);
  const start = (id: string) => containerd.runContainer({ id, runtime: installed.runtime, args: ["true"] });
  assert.match((await start("one")).stderr, /plugin by-image denies it: asked/);
  const seen = await told(installed, "one").catch(() => undefined);
  assert.equal(seen, undefined, "who comes after a gate that denies is not asked");
  await Deno.chmod(`${subject.work.path}/containerd/io.containerd.metadata.v1.bolt/meta.db`, 0o666);
  assert.match(
    (await start("two")).stderr,
    /gate by-image cannot judge it: image: not known: .*meta\.db is not trusted/,
  );
});

specTest(
  "CRI's database has the id of a container's image, and a sandbox's image whatever its pod's author says",
  [
    "root",
    "runc",
    "containerd",
  ],
  async (subject) => {
    const installed = await installTeller(subject);
    await using cri = await startCri(subject.work, { runtime: installed.runtime, env: installed.env });
    await using pod = await cri.runPod("greeter");
    const sandbox = await told(installed, pod.id);
    assert.deepEqual([sandbox.role, sandbox.image.name], ["sandbox", "docker.io/library/hooks-test-pause:1"]);
    assert.equal(sandbox.facts.imageName!.by, "engine");
    const ran = await pod.runContainer({ id: "front", args: ["true"] });
    assert.equal(ran.status, 0, ran.stderr);
    const front = await told(installed, "front");
    assert.deepEqual([front.role, front.names, front.image.name], ["workload", ["front"], IMAGE]);
    for (const hash of [front.image.id, front.image.digest]) assert.match(hash!, /^sha256:[0-9a-f]{64}$/);
    assert.notEqual(front.image.id, front.image.digest);
  },
);

/** Gates that are not asked yet. */
const OFF = Object.keys(GATES).map((name) => `[plugins.${name}]\nmode = "off"\n`).join("");

function setPolicy({ configFile }: Installation, policy: string): void {
  const text = Deno.readTextFileSync(configFile).replace(OFF, policy);
  Deno.writeTextFileSync(configFile, text);
}

/** Ranges of ids for a user that every Debian has, seen by nobody but the daemon. */
function withUserRange({ work }: Subject): string[] {
  const ranges = work.file("subordinate-ids", "nobody:200000:65536\n");
  const bind = ["uid", "gid"].map((kind) => `mount --bind ${ranges} /etc/sub${kind}`).join(" && ");
  return ["unshare", "-m", "sh", "-c", `${bind} && exec "$0" "$@" --userns-remap=nobody:nogroup`];
}
