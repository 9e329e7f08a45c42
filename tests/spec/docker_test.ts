/** The built file as a runtime of a real dockerd. */
import assert from "node:assert/strict";
import { type Engine, IMAGE, startDocker } from "../harness/engines.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { type Need, specTest, type Subject } from "../harness/needs.ts";

const NEEDS: Need[] = ["root", "runc", "docker"];
const RUNTIME = "container-hooks-runtime";
const CONTAINERS = 50;

/** A copy of the file, as README says, and a dockerd that knows it. */
async function startWithUs({ form, work }: Subject): Promise<{ docker: Engine; installed: Installation }> {
  const installed = await install(form, work, { copy: true });
  const docker = await startDocker(work, { runtimes: { [RUNTIME]: installed.runtime }, env: installed.env });
  return { docker, installed };
}

specTest(
  "docker run: the container starts, its hooks run once, and explain knows name and image",
  NEEDS,
  async (subject) => {
    const { hook, calls } = recorder(subject.work);
    const { docker, installed } = await startWithUs(subject);
    await using _ = docker;
    installed.setHooks({ prestart: [hook("prestart")], poststop: [hook("poststop")] });
    const ran = await docker.runContainer({
      id: "web",
      runtime: RUNTIME,
      args: ["sh", "-c", "echo out; exit 3"],
    });
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [3, "out\n", ""]);
    assert.deepEqual(calls().map((call) => call.args), [["prestart"], ["poststop"]]);
    const said = await installed.command(["explain", "web"]);
    for (const word of ["web", IMAGE.replace("docker.io/library/", ""), "docker", "hooks-json"]) {
      assert.ok(said.stdout.includes(word), `${word} is missing in:\n${said.stdout}${said.stderr}`);
    }
  },
);

specTest("docker create, start, exec, stop and rm work as they do without us", NEEDS, async (subject) => {
  const { hook, calls } = recorder(subject.work);
  const { docker, installed } = await startWithUs(subject);
  await using _ = docker;
  installed.setHooks({ prestart: [hook("prestart")] });
  const steps = [
    ["create", "--name", "web", "--network=none", "--runtime", RUNTIME, IMAGE, "sleep", "1000"],
    ["start", "web"],
    ["exec", "web", "true"],
    ["kill", "web"],
    ["start", "web"],
    ["rm", "--force", "web"],
  ];
  for (const step of steps) {
    const ran = await docker.client(step);
    assert.equal(ran.status, 0, `${step.join(" ")}: ${ran.stderr}`);
  }
  assert.equal(calls().length, 2, "one for each start");
});

specTest(
  `${CONTAINERS} docker containers at once all start, and each one's hook runs once`,
  NEEDS,
  async (subject) => {
    const { hook, calls } = recorder(subject.work);
    const { docker, installed } = await startWithUs(subject);
    await using _ = docker;
    installed.setHooks({ prestart: [hook("prestart")] });
    const ran = await Promise.all(
      Array.from(
        { length: CONTAINERS },
        (_, i) => docker.runContainer({ id: `many-${i}`, runtime: RUNTIME, args: ["echo", String(i)] }),
      ),
    );
    assert.deepEqual(ran.map(({ stdout, stderr }) => stdout + stderr), ran.map((_, i) => `${i}\n`));
    assert.equal(calls().length, CONTAINERS);
    assert.equal(new Set(calls().map((call) => call.state.id)).size, CONTAINERS);
  },
);

specTest("the user of docker reads why a hook failed", NEEDS, async (subject) => {
  const { docker, installed } = await startWithUs(subject);
  await using _ = docker;
  const path = subject.work.program("failing", "#!/bin/sh\necho the licence server is away >&2\nexit 1\n");
  installed.setHooks({ prestart: [{ path }] });
  const ran = await docker.runContainer({ id: "web", runtime: RUNTIME, args: ["echo", "started"] });
  assert.notEqual(ran.status, 0);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, /the licence server is away/);
});

specTest("the user of docker reads our sentence where hooks.json is broken", NEEDS, async (subject) => {
  const { docker, installed } = await startWithUs(subject);
  await using _ = docker;
  installed.setHooks('{\n"prestart": [}');
  const ran = await docker.runContainer({ id: "web", runtime: RUNTIME, args: ["echo", "started"] });
  assert.notEqual(ran.status, 0);
  assert.equal(ran.stdout, "");
  assert.match(
    ran.stderr,
    /container-hooks: .*hooks-json.*hooks\.json is not JSON: .* at line 2, column \d+;/,
  );
  assert.equal((await installed.command(["bypass", "on"])).status, 0);
  assert.equal(
    (await docker.runContainer({ id: "web2", runtime: RUNTIME, args: ["echo", "up"] })).stdout,
    "up\n",
  );
});
