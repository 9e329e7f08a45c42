/** Plugins from the disk: one decides, one denies; unchanged on every engine. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { crunMayRun, type Engine, startContainerd, startDocker, startPodman } from "../harness/engines.ts";
import type { Installation } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { assertBoth, DENIED, type RunContainer, setUp, SHOW } from "../harness/plugins.ts";
import { run } from "../harness/run.ts";

const NAME = "container-hooks-runtime";

specTest(
  "docker: a plugin reads image and label, and another denies",
  ["root", "runc", "docker"],
  async (subject) => {
    const scene = await setUp(subject);
    const { installed } = scene;
    await using docker = await startDocker(subject.work, {
      runtimes: { [NAME]: installed.runtime },
      env: installed.env,
    });
    await assertBoth(scene, on(docker, NAME), "docker docker.io/library/hooks-test:1 ?");
    const labelled = await docker.client(
      [
        "run",
        "--rm",
        "--network=none",
        `--runtime=${NAME}`,
        "--label=colour=blue",
        "docker.io/library/hooks-test:1",
        ...SHOW,
      ],
    );
    assert.match(labelled.stdout, /^docker \S+ blue\n1\n$/, labelled.stderr);
  },
);

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `podman on ${runtime}: a plugin reads the image, and another denies`,
    ["root", "runc", runtime, "podman"],
    async (subject) => {
      const scene = await setUp(subject, runtime);
      await using podman = await startPodman(subject.work, {
        runtimes: { [NAME]: scene.installed.runtime },
        env: scene.installed.env,
      });
      await assertBoth(scene, on(podman, NAME), "podman docker.io/library/hooks-test:1 ?");
    },
  );
}

specTest(
  "ctr: a plugin reads the image from the database, and another denies",
  ["root", "runc", "containerd"],
  async (subject) => {
    const scene = await setUp(subject);
    await using containerd = await startContainerd(subject.work, scene.installed.env);
    await assertBoth(
      scene,
      on(containerd, scene.installed.runtime),
      "containerd docker.io/library/hooks-test:1 ?",
    );
  },
);

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `plain ${runtime}: a plugin decides, and another denies`,
    ["root", "runc", runtime],
    async (subject) => {
      const scene = await setUp(subject, runtime);
      const prefix = runtime === "crun" ? crunMayRun() : [];
      const plain: RunContainer = async ({ id, args }) => {
        const bundle = await makeBundle(subject.work, { name: id, args });
        return await run([...prefix, scene.installed.runtime, "run", "--bundle", bundle.path, newId(id)], {
          env: scene.installed.env,
        });
      };
      await assertBoth(scene, plain, "none ? ?");
    },
  );
}

function on(engine: Engine, runtime: string): RunContainer {
  return (container) => engine.runContainer({ ...container, runtime });
}

function newId(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

async function runPlain(installed: Installation, bundle: Bundle, id = newId("plain")) {
  return await installed.asRuntime(["run", "--bundle", bundle.path, id]);
}

specTest("explain lists every denial and why each plugin was asked", ["root", "runc"], async (subject) => {
  const { installed } = await setUp(subject);
  const bundle = await makeBundle(subject.work, { args: ["sleep", "1"] });
  const id = newId("denied");
  await runPlain(installed, bundle, id);
  const { stdout } = await installed.command(["explain", id]);
  assert.match(stdout, /outcome\s+refused: plugin policy denies it: sleeping is not allowed here/);
  assert.match(stdout, /plugin policy 2\.0\.0 \(denied\)\n {2}deny +sleeping is not allowed here/);
});

specTest("a plugin in audit mode is asked and nothing of it is done", ["root", "runc"], async (subject) => {
  const { installed, hooksRan } = await setUp(
    subject,
    "runc",
    `[plugins.greeting]\nmode = "audit"\n[plugins.policy]\nmode = "audit"\n`,
  );
  const bundle = await makeBundle(subject.work, { args: ["sleep", "0"] });
  const before = bundle.text();
  const ran = await runPlain(installed, bundle);
  assert.deepEqual([ran.status, ran.stderr], [0, ""]);
  assert.equal(bundle.text(), before);
  assert.equal(hooksRan(), 0);
  const [entry] = JSON.parse((await installed.command(["explain", "--json"])).stdout);
  const policy = entry.plugins.find(({ name }: { name: string }) => name === "policy");
  assert.deepEqual(policy.deny, ["sleeping is not allowed here"]);
});

specTest(
  "on-error = warn starts without a broken plugin and never softens a denial",
  ["root", "runc"],
  async (subject) => {
    const { installed } = await setUp(
      subject,
      "runc",
      `[plugins.greeting]\non-error = "warn"\n[plugins.policy]\non-error = "warn"\n`,
    );
    subject.work.file("plugins/greeting.ts", "export default { this is not TypeScript };\n");
    const awake = await runPlain(
      installed,
      await makeBundle(subject.work, { name: "awake", args: ["true"] }),
    );
    assert.deepEqual([awake.status, awake.stderr], [0, ""]);
    assert.match(Deno.readTextFileSync(installed.log), /greeting\.ts:1:\d+/);
    const asleep = await runPlain(
      installed,
      await makeBundle(subject.work, { name: "asleep", args: ["sleep", "1"] }),
    );
    assert.equal(asleep.status, 1);
    assert.match(asleep.stderr, DENIED);
  },
);

for (const onError of ["warn", "fail"]) {
  specTest(
    `on-error = ${onError}: explain showed a plugin that failed as one that was asked, or not at all`,
    ["root", "runc"],
    async (subject) => {
      const { installed } = await setUp(subject, "runc", `[plugins.greeting]\non-error = "${onError}"\n`);
      const file = `${subject.work.path}/plugins/greeting.ts`;
      const text = Deno.readTextFileSync(file);
      Deno.writeTextFileSync(
        file,
        text.replace("setEnv(", `(() => { throw new Error("odd\\nlines"); })(), setEnv(`),
      );
      const ran = await runPlain(installed, await makeBundle(subject.work, { args: ["true"] }), "odd-one");
      assert.equal(ran.status === 0, onError === "warn", ran.stderr);
      const { stdout } = await installed.command(["explain", "odd-one"]);
      assert.match(
        stdout,
        /plugin greeting 1\.0\.0 \(failed\)\n.*\n {2}why +plugin greeting failed at plan .*: odd lines\n/,
      );
    },
  );
}

specTest("a gate that is not bypassable stands while the bypass is on", ["root", "runc"], async (subject) => {
  const { installed, hooksRan } = await setUp(subject, "runc", "[plugins.policy]\nbypassable = false\n");
  const asleep = await makeBundle(subject.work, { name: "asleep", args: ["sleep", "1"] });
  const awake = await makeBundle(subject.work, { name: "awake", args: ["true"] });
  assert.equal((await runPlain(installed, awake)).status, 0);
  assert.equal((await installed.command(["bypass", "on"])).status, 0);
  assert.match((await runPlain(installed, asleep)).stderr, DENIED);
  // What breaks meanwhile does not switch it off.
  Deno.writeTextFileSync(installed.configFile, "[broken");
  assert.match((await runPlain(installed, asleep)).stderr, DENIED);
  assert.equal((await runPlain(installed, awake)).status, 0);
  assert.equal(hooksRan(), 1, "only the container before the bypass got the other plugin's hook");
});

specTest("a plugin that changes decides anew at the next container", ["root", "runc"], async (subject) => {
  const { installed } = await setUp(subject);
  const bundle = await makeBundle(subject.work, { args: ["sh", "-c", "echo $GREETING"] });
  assert.equal((await runPlain(installed, bundle)).stdout, "none ? ?\n");
  const file = `${subject.work.path}/plugins/greeting.ts`;
  Deno.writeTextFileSync(file, Deno.readTextFileSync(file).replace('"GREETING", `', '"GREETING", `changed '));
  assert.equal((await runPlain(installed, bundle)).stdout, "changed none ? ?\n");
});
