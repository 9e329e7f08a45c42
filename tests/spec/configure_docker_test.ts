/** `container-hooks runtime` on a real dockerd, from configure to unconfigure. */
import assert from "node:assert/strict";
import { type Engine, IMAGE, startDocker } from "../harness/engines.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { type Need, specTest, type Subject } from "../harness/needs.ts";
import type { Ran } from "../harness/run.ts";

const NEEDS: Need[] = ["root", "runc", "docker"];

/** Odd on purpose: tabs, an object on one line, a runtime of somebody else's, no line end at the end. */
const ORIGINAL = `{
\t"debug": false,
\t"runtimes": { "other": { "path": "/usr/bin/runc" } },
\t"labels": ["a=b"]
}`;

interface Scene {
  docker: Engine;
  installed: Installation;
  file: string;
  /** Calls `runtime VERB --runtime docker --config FILE ...`. */
  runtime(verb: string, ...args: string[]): Promise<Ran>;
  text(): string;
}

async function startScene({ form, work }: Subject): Promise<Scene> {
  const installed = await install(form, work);
  const docker = await startDocker(work, { runtimes: {}, env: installed.env });
  const file = work.file("daemon.json", ORIGINAL, 0o640);
  return {
    docker,
    installed,
    file,
    runtime: (verb, ...args) =>
      installed.command(["runtime", verb, "--runtime", "docker", "--config", file, ...args]),
    text: () => Deno.readTextFileSync(file),
  };
}

specTest(
  "docker: configured, it runs containers by default through us; unconfigured, not a byte is left",
  NEEDS,
  async (subject) => {
    const { docker, installed, file, runtime, text } = await startScene(subject);
    await using _ = docker;
    const { hook, calls } = recorder(subject.work);
    installed.setHooks({ prestart: [hook("prestart")] });
    const run = (name: string) =>
      docker.client(["run", "--rm", "--name", name, "--network=none", IMAGE, "echo", "up"]);

    const shown = await runtime("configure", "--path", installed.runtime, "--set-as-default", "--dry-run");
    assert.match(shown.stdout, /^\+\t"default-runtime": "container-hooks"$/m);
    assert.equal(text(), ORIGINAL, "--dry-run changes nothing");
    assert.equal((await runtime("status")).status, 1);

    const configured = await runtime("configure", "--path", installed.runtime, "--set-as-default");
    assert.equal(configured.status, 0, configured.stderr);
    assert.match(configured.stdout, /told by a signal; loaded, and the default \(docker info lists it\)/);
    assert.equal(Deno.statSync(file).mode! & 0o777, 0o640);
    assert.equal((await run("ours")).stdout, "up\n");
    assert.equal(calls().length, 1, "the container went through us");
    const status = await runtime("status", "--json");
    assert.equal(status.status, 0);
    const [said] = JSON.parse(status.stdout);
    assert.deepEqual([said.loaded, said.isDefault, said.configured.file, said.configured.line], [
      true,
      true,
      file,
      3,
    ]);

    const again = await runtime("configure", "--path", installed.runtime, "--set-as-default");
    assert.match(again.stdout, /nothing to change/);

    const unconfigured = await runtime("unconfigure");
    assert.equal(unconfigured.status, 0, unconfigured.stderr);
    assert.equal(text(), ORIGINAL);
    assert.equal(Deno.statSync(file).mode! & 0o777, 0o640);
    assert.match(unconfigured.stdout, /told by a signal; not loaded/);
    assert.equal((await run("bare")).stdout, "up\n");
    assert.equal(calls().length, 1, "the second container did not go through us");
  },
  "files",
);

specTest(
  "docker: a file that dockerd would refuse at its next start is not put in place",
  NEEDS,
  async ({ form, work }) => {
    const installed = await install(form, work);
    // What an option says, daemon.json must not say too.
    await using _ = await startDocker(work, { runtimes: { other: "/usr/bin/runc" }, env: installed.env });
    const file = `${work.path}/daemon.json`;
    const refused = await installed.command([
      ...["runtime", "configure", "--runtime", "docker", "--config", file, "--path", installed.runtime],
    ]);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /dockerd does not take .*daemon\.json as it would become: .* started with --add-runtime/,
    );
    assert.equal(Deno.readTextFileSync(file), "{}");
  },
  "files",
);

specTest(
  "docker: unconfigure stranded containers, stopped ones too; with --keep-name they restart without us",
  NEEDS,
  async (subject) => {
    const { docker, installed, file, runtime, text } = await startScene(subject);
    await using _ = docker;
    const { hook, calls } = recorder(subject.work);
    installed.setHooks({ prestart: [hook("prestart")] });
    await runtime("configure", "--path", installed.runtime, "--set-as-default");
    for (const name of ["running", "stopped"]) {
      await docker.client(["run", "-d", "--name", name, "--network=none", IMAGE, "sleep", "60"]);
    }
    await docker.client(["stop", "--time", "1", "stopped"]);
    const before = text();

    const tried = await runtime("unconfigure", "--dry-run");
    assert.match(tried.stdout, /would be refused: docker has 2 containers with the runtime container-hooks/);
    const refused = await runtime("unconfigure");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /running .*stopped|stopped .*running/);
    assert.equal(text(), before);

    const kept = await runtime("unconfigure", "--keep-name");
    assert.equal(kept.status, 0, kept.stderr);
    assert.match(kept.stdout, /loaded, not the default/);
    const count = calls().length;
    for (const name of ["running", "stopped"]) {
      const restarted = await docker.client(["restart", "--time", "1", name]);
      assert.equal(restarted.status, 0, restarted.stderr);
      assert.equal((await docker.client(["exec", name, "echo", "up"])).stdout, "up\n");
    }
    const another = await docker.client(["run", "--rm", "--network=none", IMAGE, "echo", "up"]);
    assert.equal(another.stdout, "up\n", another.stderr);
    assert.equal(calls().length, count, "nothing goes through us any more");

    await docker.client(["rm", "--force", "running", "stopped"]);
    const gone = await runtime("unconfigure");
    assert.equal(gone.status, 0, gone.stderr);
    assert.equal(Deno.readTextFileSync(file), ORIGINAL);
  },
  "files",
);
