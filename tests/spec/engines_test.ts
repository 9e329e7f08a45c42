/** The same hooks.json on the other engines and on crun. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { crunMayRun, startContainerd, startPodman } from "../harness/engines.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { run, which } from "../harness/run.ts";

specTest("ctr run: the container starts, its hooks run once, and its user reads why it did not", [
  "root",
  "runc",
  "containerd",
], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
  await using containerd = await startContainerd(work, installed.env);
  const start = (id: string) =>
    containerd.runContainer({ id, runtime: installed.runtime, args: ["echo", "out"] });
  const ran = await start("one");
  assert.deepEqual([ran.status, ran.stdout], [0, "out\n"], ran.stderr);
  assert.equal(calls().length, 1);
  await assertToldWhy(installed, () => start("two"));
});

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `podman run on ${runtime}: the container starts, its hooks run once, and its user reads why it did not`,
    ["root", "runc", runtime, "podman"],
    async ({ form, work }) => {
      const { hook, calls } = recorder(work);
      const installed = await install(form, work, {
        runtimes: [which(runtime)!],
        hooks: { prestart: [hook("prestart")] },
      });
      const name = "container-hooks-runtime";
      await using podman = await startPodman(work, {
        runtimes: { [name]: installed.runtime },
        env: installed.env,
      });
      const start = (id: string) => podman.runContainer({ id, runtime: name, args: ["echo", "out"] });
      const ran = await start("one");
      assert.deepEqual([ran.status, ran.stdout], [0, "out\n"], ran.stderr);
      assert.equal(calls().length, 1);
      await assertToldWhy(installed, () => start("two"));
    },
  );
}

async function assertToldWhy(
  installed: Installation,
  start: () => Promise<{ status: number; stdout: string; stderr: string }>,
): Promise<void> {
  installed.setHooks({ prestart: [{ path: "/nonexistent/hook" }] });
  const ran = await start();
  assert.notEqual(ran.status, 0);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, /cannot start container \S+: .*\/nonexistent\/hook does not exist/);
}

specTest(
  "crun runs a plain bundle with its hooks, by crun's own command line",
  ["root", "runc", "crun"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, {
      runtimes: [which("crun")!],
      hooks: { prestart: [hook("prestart")] },
    });
    const bundle = await makeBundle(work, { args: ["sh", "-c", "echo out; exit 4"] });
    const id = `crun-${crypto.randomUUID().slice(0, 8)}`;
    const ran = await run([...crunMayRun(), installed.runtime, "run", "--bun", bundle.path, id], {
      env: installed.env,
    });
    assert.deepEqual([ran.status, ran.stdout], [4, "out\n"], ran.stderr);
    assert.equal(calls().length, 1);
  },
);
