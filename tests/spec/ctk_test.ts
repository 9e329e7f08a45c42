/** The built file by the name container-hooks-ctk: scripts for the older toolkit go on working. */
import assert from "node:assert/strict";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { run } from "../harness/run.ts";

specTest("config --in-place --set changes the file that is named", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ctk = `${work.path}/bin/container-hooks-ctk`;
  Deno.symlinkSync(installed.program, ctk);
  const file = work.file("other/config.toml", '# kept\n[container-hooks-runtime]\nlog-level = "info"\n');
  const words = ["config", "--config-file", file, "--set", "container-hooks-runtime.log-level=debug"];

  const printed = await run([ctk, ...words], { env: installed.env });
  const after = '# kept\n[container-hooks-runtime]\nlog-level = "debug"\n';
  assert.deepEqual([printed.status, printed.stdout], [0, after], printed.stderr);
  assert.notEqual(Deno.readTextFileSync(file), after);

  const changed = await run([ctk, "-q", ...words, "--in-place"], { env: installed.env });
  assert.equal(changed.status, 0, changed.stderr);
  assert.equal(Deno.readTextFileSync(file), after);
}, "files");

specTest(
  "a dry run of runtime configure prints the diff of the file that is named",
  ["root"],
  async (subject) => {
    const { form, work } = subject;
    const installed = await install(form, work);
    const ctk = `${work.path}/bin/container-hooks-ctk`;
    Deno.symlinkSync(installed.program, ctk);
    const file = work.file("docker/daemon.json", '{\n  "debug": true\n}\n');
    const ran = await run([
      ctk,
      "--debug",
      "runtime",
      "configure",
      "--runtime=docker",
      `--config-file=${file}`,
      "--path",
      installed.runtime,
      "--set-as-default",
      "--dry-run",
    ], { env: installed.env });
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /^\+.*"default-runtime": "container-hooks"/m);
    assert.equal(Deno.readTextFileSync(file), '{\n  "debug": true\n}\n');
  },
  "files",
);

specTest("what it never had is refused with status 2", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ctk = `${work.path}/bin/container-hooks-ctk`;
  Deno.symlinkSync(installed.program, ctk);
  const ran = await run([ctk, "runtime", "list"], { env: installed.env });
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /container-hooks-ctk does not know the command "runtime list"/);
}, "files");

specTest("without words and without a terminal it printed nothing", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ctk = `${work.path}/bin/container-hooks-ctk`;
  Deno.symlinkSync(installed.program, ctk);
  const { status, stdout } = await run([ctk], { env: installed.env });
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}container-hooks-ctk COMMAND/m);
  const bare = await run([installed.program], { env: installed.env });
  assert.equal(bare.status, 0);
  assert.match(bare.stdout, /^ {2}container-hooks explain /m);
  for (const stdin of ['{"id":"c1"}', '{"id":"c1"}\n', '{\n "id": "c1"\n}\n', "x".repeat(200_000)]) {
    const marker = await run([installed.program], { env: installed.env, stdin });
    assert.deepEqual([marker.status, marker.stdout, marker.stderr], [0, "", ""]);
  }
  const closed = await run(["sh", "-c", '"$1" <&-', "sh", installed.program], { env: installed.env });
  assert.deepEqual([closed.status, closed.stdout, closed.stderr], [0, bare.stdout, ""]);
}, "files");

specTest("the engine's file was to be an absolute path", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ctk = `${work.path}/bin/container-hooks-ctk`;
  Deno.symlinkSync(installed.program, ctk);
  work.file("docker/daemon.json", "{}\n");
  const words = [
    "runtime",
    "configure",
    "--config-file",
    "daemon.json",
    "--path",
    installed.runtime,
    "--dry-run",
  ];
  const ran = await run([ctk, ...words], { env: installed.env, cwd: `${work.path}/docker` });
  assert.equal(ran.status, 0, ran.stderr);
  assert.ok(ran.stdout.includes(`--- ${work.path}/docker/daemon.json`), ran.stdout);
}, "files");
