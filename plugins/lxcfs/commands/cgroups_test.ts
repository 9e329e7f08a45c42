import assert from "node:assert/strict";
import { idsIn, isInCgroup } from "./cgroups.ts";

const ID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970";

/** /proc/PID/cgroup as each engine and cgroup layout leaves it. */
const CGROUPS: Record<string, string> = {
  "docker, cgroupfs, v1": `4:memory:/docker/${ID}\n3:cpuset:/docker/${ID}\n`,
  "docker, systemd, v2": `0::/system.slice/docker-${ID}.scope\n`,
  "docker, a cgroup that the container made": `0::/system.slice/docker-${ID}.scope/init\n`,
  "podman, cgroupfs": `4:memory:/libpod_parent/libpod-${ID}\n`,
  // Quadlet's default; such a container was not found, and never healed.
  "podman, --cgroups=split": `0::/system.slice/web.service/libpod-payload-${ID}\n`,
  "podman, systemd": `0::/machine.slice/libpod-${ID}.scope/container\n`,
  "containerd, hybrid": `4:memory:/default/${ID}\n0::/\n`,
  "Kubernetes, containerd": `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope\n`,
  "Kubernetes, cgroupfs": `4:memory:/kubepods/burstable/pod1/${ID}\n`,
  "CRI-O": `0::/kubepods.slice/kubepods-pod1.slice/crio-${ID}.scope\n`,
  "runc by hand": `4:memory:/user.slice/${ID}\n`,
};

for (const [what, text] of Object.entries(CGROUPS)) {
  Deno.test(`a process belongs to its container: ${what}`, () => {
    assert.equal(idsIn(text).has(ID), true);
    assert.equal(idsIn(text).has(ID.slice(1)), false);
  });
}

Deno.test("a container is not taken for a unit of the system that happens to end like it", () => {
  assert.equal(idsIn("0::/user.slice/user-0.slice/session-1.scope\n").has("1"), false);
  assert.equal(idsIn("0::/system.slice/web-1.service\n").has("1"), false);
});

/** What config.json asks for, and /proc/PID/cgroup as the runtime makes it. */
const ASKED: Record<string, [cgroupsPath: string, cgroups: string]> = {
  "a path of the root": ["/machine/web", "4:memory:/machine/web\n1:name=systemd:/user.slice\n"],
  "a path below the runtime's own": ["machine/web", "0::/user.slice/machine/web\n"],
  "a path that is not clean": ["/machine//./web/", "0::/machine/web\n"],
  "a cgroup that the container made in it": ["/machine/web", "0::/machine/web/init\n"],
  "a scope of systemd": ["machine.slice:my:web", "0::/machine.slice/my-web.scope\n"],
  "a scope of systemd without prefix": ["machine.slice::web", "0::/machine.slice/web.scope/init\n"],
  "a slice of systemd": ["machine.slice::web.slice", "0::/machine.slice/web.slice\n"],
};

for (const [what, [cgroupsPath, cgroups]] of Object.entries(ASKED)) {
  Deno.test(`a process belongs to the container that asked for its cgroup: ${what}`, () => {
    assert.equal(isInCgroup(cgroups, cgroupsPath), true);
    assert.equal(isInCgroup(cgroups.replaceAll("web", "web2"), cgroupsPath), false);
  });
}

Deno.test("a container that asks for no cgroup has no process by it", () => {
  assert.equal(isInCgroup("0::/\n", ""), false);
  assert.equal(isInCgroup("0::/\n", "/"), false);
});
