/** Other wrappers of OCI runtimes in front of us, behind us, and between two of ours. */
import assert from "node:assert/strict";
import { VERSION } from "../../mod/core/version.ts";
import { launcherText } from "../../mod/wrapper/launcher_text.ts";
import { makeBundle } from "../harness/bundle.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { NVIDIA_VARIABLE, nvidiaRuntime } from "../harness/nvidia.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { type Ran, run, which } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

/** What a chain did to the container that it created and started. */
interface Done {
  created: Ran;
  /** What the container itself printed. */
  printed: string;
  /** Calls of the hook that hooks.json has for createRuntime. */
  hookCalls: number;
}

/** A launcher of its own, in front of `runtime`. */
function launcherTo(work: WorkFolder, name: string, program: string, runtime: string): string {
  return work.program(
    `${name}/container-hooks-runtime`,
    launcherText({ program, runtime, version: VERSION }),
  );
}

/**
 * Creates, starts and deletes a container by the program that the chain begins with.
 *
 * @param makeChain Gives the program's path.
 */
async function through(
  { form, work }: Subject,
  runtimes: string[],
  makeChain: (installed: Installation) => string,
): Promise<Done> {
  const hook = recorder(work);
  const installed = await install(form, work, { runtimes, hooks: { createRuntime: [hook.hook("once")] } });
  const bundle = await makeBundle(work, { args: ["env"] });
  const first = makeChain(installed);
  const id = `chain-${crypto.randomUUID().slice(0, 8)}`;
  const call = (...args: string[]) =>
    run([first, "--root", `${work.path}/runc`, ...args], { env: installed.env, limit: 60 });
  // What the container prints comes out where `create` was told to print.
  const output = `${work.path}/printed`;
  const created = await run(
    ["sh", "-c", 'out=$1; shift; exec "$@" >"$out"', "sh", output, first, "--root", `${work.path}/runc`]
      .concat("create", "--bundle", bundle.path, id),
    { env: installed.env, limit: 60 },
  );
  if (created.status === 0) {
    await call("start", id);
    while (!(await call("state", id)).stdout.includes('"stopped"')) assert.equal(created.status, 0);
    await call("delete", id);
  }
  return { created, printed: Deno.readTextFileSync(output), hookCalls: hook.calls().length };
}

function assertBothDone({ created, printed, hookCalls }: Done): void {
  assert.equal(created.status, 0, created.stderr);
  assert.match(printed, new RegExp(`^${NVIDIA_VARIABLE}$`, "m"));
  assert.equal(hookCalls, 1);
}

specTest("nvidia's runtime works behind us", ["root", "runc"], async (subject) => {
  const nvidia = nvidiaRuntime(subject.work);
  assertBothDone(await through(subject, [nvidia.path], ({ runtime }) => runtime));
});

specTest("nvidia's runtime works in front of us", ["root", "runc"], async (subject) => {
  const nvidia = nvidiaRuntime(subject.work);
  const chain = ({ runtime }: Installation) => {
    nvidia.setRuntimes([runtime]);
    return nvidia.path;
  };
  assertBothDone(await through(subject, [which("runc")!], chain));
});

specTest("between two of ours, each hook is there once", ["root", "runc"], async (subject) => {
  const nvidia = nvidiaRuntime(subject.work);
  const chain = ({ runtime, program }: Installation) => {
    nvidia.setRuntimes([launcherTo(subject.work, "inner", program, which("runc")!)]);
    return runtime;
  };
  assertBothDone(await through(subject, [nvidia.path], chain));
});

specTest("the second of ours leaves the runtime the engine's own environment", ["root"], async (subject) => {
  const { form, work } = subject;
  const nvidia = nvidiaRuntime(work);
  const probe = probeRuntime(work);
  const installed = await install(form, work, { runtimes: [nvidia.path] });
  nvidia.setRuntimes([launcherTo(work, "inner", installed.program, probe.path)]);
  const bundle = await makeBundle(work);
  for (const args of [["state", "c1"], ["create", "--bundle", bundle.path, "c1"]]) {
    assert.equal((await installed.asRuntime(args)).status, PROBE_STATUS);
    const variables = probe.inherited().facts.filter((fact) => fact.includes("CONTAINER_HOOKS_CHAIN"));
    assert.deepEqual(variables, []);
  }
});

specTest("a token that the environment brings opens nothing", ["root", "runc"], async ({ form, work }) => {
  const hook = recorder(work);
  const installed = await install(form, work, { hooks: { createRuntime: [hook.hook("once")] } });
  const bundle = await makeBundle(work);
  for (const [index, value] of [`1:${"0".repeat(32)}`, "1:../../x", "9:", "\n"].entries()) {
    const id = `token-${index}-${crypto.randomUUID().slice(0, 8)}`;
    const env = { CONTAINER_HOOKS_CHAIN: value };
    const ran = await installed.asRuntime(["run", "--bundle", bundle.path, id], { env });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(hook.calls().length, index + 1);
  }
});

specTest("a chain that leads back to its beginning ends with one sentence", ["root"], async (subject) => {
  const { form, work } = subject;
  const nvidia = nvidiaRuntime(work);
  const installed = await install(form, work, { runtimes: [nvidia.path] });
  nvidia.setRuntimes([installed.runtime]);
  const bundle = await makeBundle(work);
  const log = `${work.path}/engine.log`;
  for (const args of [["state", "c1"], ["create", "--bundle", bundle.path, "c1"], ["--version"]]) {
    const ran = await installed.asRuntime(["--log", log, ...args], { limit: 60 });
    assert.equal(ran.status, 1);
    const sentence =
      `the OCI runtime ${nvidia.path} leads back to container-hooks, so this call would never end`;
    assert.ok(ran.stderr.includes(sentence), ran.stderr);
    assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
    assert.ok(Deno.readTextFileSync(log).includes(sentence));
    Deno.removeSync(log);
  }
});

specTest("one of ours directly behind another is refused", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work);
  const inner = launcherTo(work, "inner", installed.program, which("runc")!);
  const outer = launcherTo(work, "outer", installed.program, inner);
  const bundle = await makeBundle(work);
  const written = await installed.command(["launcher", "--runtime", inner]);
  const created = await run([outer, "create", "--bundle", bundle.path, "c1"], { env: installed.env });
  for (const ran of [written, created]) {
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, /inner\/container-hooks-runtime is container-hooks itself/);
  }
}, "files");
