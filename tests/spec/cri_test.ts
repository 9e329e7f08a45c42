/** Kubernetes' way: the plugins of the other engines, unchanged, on containerd's CRI. */
import assert from "node:assert/strict";
import { startCri } from "../harness/cri.ts";
import { specTest } from "../harness/needs.ts";
import { assertBoth, setUp } from "../harness/plugins.ts";

specTest(
  "CRI: the sandbox is left alone, a plugin reads the workload's image, and another denies",
  ["root", "runc", "containerd"],
  async (subject) => {
    const scene = await setUp(subject);
    const { installed } = scene;
    await using cri = await startCri(subject.work, { runtime: installed.runtime, env: installed.env });
    await using pod = await cri.runPod("greeter");
    // It sleeps, which the policy would refuse.
    const { made, bundled } = await cri.specs(pod.id);
    assert.deepEqual(bundled, made);
    await assertBoth(scene, pod.runContainer, "containerd docker.io/library/hooks-test:1 ?");

    // The sandbox, and each of its containers by its name.
    const ambiguous = await installed.command(["explain", "hooks-test/greeter"]);
    assert.match(ambiguous.stdout, new RegExp(`^container +${pod.id}$`, "m"), ambiguous.stderr);
    assert.match(ambiguous.stdout, /^ended +running/m);
    const { stdout } = await installed.command(["explain", pod.id]);
    assert.match(stdout, /^outcome +unchanged$/m);
    for (const plugin of ["greeting 1.0.0", "policy 2.0.0"]) {
      assert.match(
        stdout,
        new RegExp(
          `^plugin ${plugin} \\(stayed out\\)\n(?: {2}why .*\n)*? {2}why +role: a sandbox is left alone`,
          "m",
        ),
      );
    }
  },
);

specTest(
  "CRI: unconfigure left pods in which no container starts again: it names them",
  ["root", "runc", "containerd"],
  async (subject) => {
    const { installed } = await setUp(subject);
    await using cri = await startCri(subject.work, { runtime: installed.runtime, env: installed.env });
    await using pod = await cri.runPod("stranded", "ours");
    await using other = await cri.runPod("by-default");
    const config = `${subject.work.path}/containerd.toml`;
    const flags = ["--runtime", "containerd", "--config", config, "--name", "ours"];
    const refused = await installed.command(["runtime", "unconfigure", ...flags]);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      new RegExp(
        `containerd has 1 pod with the runtime ours, "hooks-test/stranded \\(${pod.id.slice(0, 12)}\\)"`,
      ),
    );
    assert.notEqual(other.id, pod.id);
  },
);
