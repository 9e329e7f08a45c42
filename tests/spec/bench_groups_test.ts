/** What the containers of a benchmark leave behind. */
import assert from "node:assert/strict";
import { makeBenchBundle, removeGroups } from "../bench/groups.ts";
import { testWith } from "../harness/needs.ts";
import { mustRun } from "../harness/run.ts";
import { until } from "../harness/until.ts";
import { workFolder } from "../harness/work_folder.ts";

/** Control groups of benchmarks, of all processes. */
async function groups(): Promise<string[]> {
  const { stdout } = await mustRun(["find", "/sys/fs/cgroup", "-name", "container-hooks-bench-*"]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** A script that lies elsewhere finds the modules by it. */
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

const isOf = (pid: number) => (group: string) => group.endsWith(`container-hooks-bench-${pid}`);

testWith("a benchmark's containers outlived it, in control groups of theirs", ["root", "runc"], async () => {
  using work = workFolder();
  const bundle = await makeBenchBundle(work, { args: ["sleep", "600"] });
  const state = work.folder("state");
  await mustRun(["runc", "--root", state, "run", "--detach", "--bundle", bundle.path, "bench-left"]);
  const pid = Number(
    JSON.parse(
      (await mustRun(["runc", "--root", state, "state", "bench-left"])).stdout,
    ).pid,
  );
  assert.ok((await groups()).some(isOf(Deno.pid)));
  // Nothing knows of it any more but the group.
  await Deno.remove(state, { recursive: true });
  await removeGroups();
  assert.deepEqual((await groups()).filter(isOf(Deno.pid)), []);
  await until("its process is gone", () => {
    try {
      return /^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
    } catch {
      return true;
    }
  });
});

testWith(
  "a benchmark that is interrupted, or was killed, leaves no container",
  ["root", "runc"],
  async () => {
    using work = workFolder();
    const script = work.file(
      "bench.ts",
      `import { guardGroups, makeBenchBundle } from ${
        JSON.stringify(import.meta.resolve("../bench/groups.ts"))
      };
import { workFolder } from ${JSON.stringify(import.meta.resolve("../harness/work_folder.ts"))};
await using _groups = await guardGroups();
using work = workFolder();
const { path } = await makeBenchBundle(work, { args: ["sleep", "600"] });
const args = ["--root", ${
        JSON.stringify(work.folder("state"))
      }, "run", "--detach", "--bundle", path, \`b\${Deno.pid}\`];
await new Deno.Command("runc", { args, stdin: "null", stdout: "null", stderr: "null" }).spawn().status;
console.log("started");
setInterval(() => {}, 1000);
await new Promise(() => {});
`,
    );
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--config", CONFIG, "-A", script],
        stdout: "piped",
      })
        .spawn();
      const reader = child.stdout.getReader();
      assert.equal(new TextDecoder().decode((await reader.read()).value), "started\n");
      child.kill(signal);
      await child.status;
      await reader.cancel();
      assert.equal((await groups()).some(isOf(child.pid)), signal === "SIGKILL");
      await removeGroups();
      assert.deepEqual((await groups()).filter(isOf(child.pid)), []);
    }
  },
);
