import assert from "node:assert/strict";
import { parseMounts } from "../../../mod/host/mounts.ts";
import { heldMounts, isCgroupOf } from "./live.ts";
import { unitText } from "./unit.ts";

const ID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970";

/** /proc/PID/cgroup as each engine and cgroup layout leaves it. */
const CGROUPS: Record<string, string> = {
  "docker, cgroupfs, v1": `4:memory:/docker/${ID}\n3:cpuset:/docker/${ID}\n`,
  "docker, systemd, v2": `0::/system.slice/docker-${ID}.scope\n`,
  "docker, a cgroup that the container made": `0::/system.slice/docker-${ID}.scope/init\n`,
  "podman, cgroupfs": `4:memory:/libpod_parent/libpod-${ID}\n`,
  "podman, systemd": `0::/machine.slice/libpod-${ID}.scope/container\n`,
  "containerd, hybrid": `4:memory:/default/${ID}\n0::/\n`,
  "Kubernetes, containerd": `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope\n`,
  "Kubernetes, cgroupfs": `4:memory:/kubepods/burstable/pod1/${ID}\n`,
  "CRI-O": `0::/kubepods.slice/kubepods-pod1.slice/crio-${ID}.scope\n`,
  "runc by hand": `4:memory:/user.slice/${ID}\n`,
};

for (const [what, text] of Object.entries(CGROUPS)) {
  Deno.test(`a process belongs to its container: ${what}`, () => {
    assert.equal(isCgroupOf(text, ID), true);
    assert.equal(isCgroupOf(text, ID.slice(1)), false);
  });
}

Deno.test("a container is not taken for a unit of the system that happens to end like it", () => {
  assert.equal(isCgroupOf("0::/user.slice/user-0.slice/session-1.scope\n", "1"), false);
  assert.equal(isCgroupOf("0::/system.slice/web-1.service\n", "1"), false);
});

const TABLE = parseMounts(`1 99 8:1 / / rw - overlay x rw
2 1 0:5 / /proc rw - proc x rw
3 2 0:41 /proc/stat /proc/stat ro - fuse.lxcfs x rw
4 3 0:41 /proc/stat /proc/stat ro - fuse.lxcfs x rw
5 2 0:51 /proc/uptime /proc/uptime ro - fuse.lxcfs x rw
6 2 0:7 /x /proc/meminfo ro - tmpfs x rw
`);
const SOURCES = new Map(
  ["stat", "uptime", "meminfo", "swaps"].map((name) => [`/proc/${name}`, `/l/proc/${name}`]),
);

Deno.test("stale is what is of another lxcfs than the one that runs", () => {
  assert.deepEqual(heldMounts(TABLE, SOURCES, () => "0:51"), [
    { source: "/l/proc/stat", target: "/proc/stat", stale: true, stacked: 2 },
    { source: "/l/proc/uptime", target: "/proc/uptime", stale: false, stacked: 1 },
  ]);
});

Deno.test("all is stale where none runs, though a dead one still has its device", () => {
  assert.deepEqual(heldMounts(TABLE, SOURCES, () => undefined).map(({ stale }) => stale), [true, true]);
});

Deno.test("the unit starts the program by its path, whatever is in that", () => {
  assert.match(unitText("/usr/bin/container-hooks"), /^ExecStart=\/usr\/bin\/container-hooks lxcfs watch$/m);
  assert.match(unitText("/opt/a b/50%$x"), /^ExecStart="\/opt\/a b\/50%%\$\$x" lxcfs watch$/m);
});
