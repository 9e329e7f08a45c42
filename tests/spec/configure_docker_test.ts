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
