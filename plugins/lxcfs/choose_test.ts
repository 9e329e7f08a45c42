import assert from "node:assert/strict";
import { makeContainer } from "container-hooks/testing";
import { type Choice, chooseViews } from "./choose.ts";
import { CPU_FOLDER, CPU_ONLINE } from "./views.ts";

const PROC = { destination: "/proc", type: "proc", source: "proc" };
const SYS = { destination: "/sys", type: "sysfs", source: "sysfs" };
const OFFERED = ["/proc/meminfo", "/proc/pressure/cpu", "/proc/stat", CPU_FOLDER, CPU_ONLINE];

/** What a container gets that mounts `mounts` beside the usual ones, and has `linux`. */
function choose({ mounts = [], usual = [PROC, SYS], linux = {}, runtime = "runc", offered = OFFERED }: {
  mounts?: { destination: string; type?: string; source?: string }[];
  usual?: typeof mounts;
  linux?: Record<string, unknown>;
  runtime?: string;
  offered?: string[];
}): Choice {
  return chooseViews(makeContainer({ mounts: [...usual, ...mounts], linux, runtime }), offered);
}

Deno.test("a plain container gets all that runc allows, the folder in place of the file in it", () => {
  const { views, leftOut } = choose({});
  assert.deepEqual(views, ["/proc/meminfo", "/proc/stat", CPU_FOLDER]);
  assert.deepEqual(leftOut, ["/proc/pressure/cpu: runc refuses a mount there"]);
});

Deno.test("crun takes pressure too", () => {
  const { views, leftOut } = choose({ runtime: "crun" });
  assert.deepEqual(views, ["/proc/meminfo", "/proc/pressure/cpu", "/proc/stat", CPU_FOLDER]);
  assert.deepEqual(leftOut, []);
});

Deno.test("nothing is offered that lxcfs does not have", () => {
  assert.deepEqual(choose({ offered: ["/proc/uptime", CPU_ONLINE] }).views, ["/proc/uptime", CPU_ONLINE]);
});

/** A shape of container, and what it gets of meminfo, stat, the processors' folder and their file. */
const SHAPES: [what: string, shape: Parameters<typeof choose>[0], views: string[]][] = [
  ["that mounts over a file keeps its own", {
    mounts: [{ destination: "/proc/meminfo", type: "bind", source: "/x" }],
  }, ["/proc/stat", CPU_FOLDER]],
  ["that mounts over a file with a slash too many keeps its own", {
    mounts: [{ destination: "/proc//stat/", type: "bind", source: "/x" }],
  }, ["/proc/meminfo", CPU_FOLDER]],
  // lxcfs's was mounted over the container's own.
  ["that mounts over a file by a roundabout path keeps its own", {
    mounts: [{ destination: "/proc/../proc/./meminfo", type: "bind", source: "/x" }],
  }, ["/proc/stat", CPU_FOLDER]],
  // "the container has no /proc" was said.
  ["whose destinations are relative gets all", {
    usual: [{ ...PROC, destination: "proc" }, { ...SYS, destination: "./sys/" }],
  }, ["/proc/meminfo", "/proc/stat", CPU_FOLDER]],
  ["that hides a file keeps it hidden", { linux: { maskedPaths: ["/proc/meminfo", "/proc/kcore"] } }, [
    "/proc/stat",
    CPU_FOLDER,
  ]],
  ["that hides all of /proc gets nothing there", { linux: { maskedPaths: ["/proc"] } }, [CPU_FOLDER]],
  ["that hides something of a processor keeps it hidden and is told the number alone", {
    linux: { maskedPaths: [`${CPU_FOLDER}/cpu0/thermal_throttle`] },
  }, ["/proc/meminfo", "/proc/stat", CPU_ONLINE]],
  ["that protects something of a processor is told the number alone", {
    linux: { readonlyPaths: [`${CPU_FOLDER}/cpu1`] },
  }, ["/proc/meminfo", "/proc/stat", CPU_ONLINE]],
  ["that mounts something into the processors' folder is told the number alone", {
    mounts: [{ destination: `${CPU_FOLDER}/cpu0`, type: "tmpfs", source: "tmpfs" }],
  }, ["/proc/meminfo", "/proc/stat", CPU_ONLINE]],
  ["that mounts its own number of processors keeps it", {
    mounts: [{ destination: CPU_ONLINE, type: "bind", source: "/x" }],
  }, ["/proc/meminfo", "/proc/stat"]],
  ["that mounts over a folder above keeps what is there", {
    mounts: [{ destination: "/sys/devices", type: "tmpfs", source: "tmpfs" }],
  }, ["/proc/meminfo", "/proc/stat"]],
  ["with paths that are read-only otherwise gets all", {
    linux: { readonlyPaths: ["/proc/bus", "/proc/sys", "/proc/stat"] },
  }, ["/proc/meminfo", "/proc/stat", CPU_FOLDER]],
  ["with the host's /proc keeps that", {
    usual: [{ destination: "/proc", type: "bind", source: "/proc" }, SYS],
  }, [CPU_FOLDER]],
  ["with a /proc of its own making keeps that", {
    usual: [PROC, { destination: "/proc", type: "tmpfs", source: "tmpfs" }, SYS],
  }, [CPU_FOLDER]],
  ["whose /sys is the host's, bound, gets the processors", {
    usual: [PROC, { destination: "/sys", type: "bind", source: "/sys" }],
  }, ["/proc/meminfo", "/proc/stat", CPU_FOLDER]],
  ["with something else at /sys keeps that", {
    usual: [PROC, { destination: "/sys", type: "bind", source: "/srv/sys" }],
  }, ["/proc/meminfo", "/proc/stat"]],
  ["without /sys gets no processors", { usual: [PROC] }, ["/proc/meminfo", "/proc/stat"]],
  ["without any mount gets nothing", { usual: [] }, []],
  ["with a cgroup mount below /sys gets all", {
    mounts: [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" }],
  }, ["/proc/meminfo", "/proc/stat", CPU_FOLDER]],
  ["that mounts a root of its own over all of it gets nothing", {
    mounts: [{ destination: "/", type: "bind", source: "/x" }],
  }, []],
  ["whose masks are no list is taken as one without", { linux: { maskedPaths: "none" } }, [
    "/proc/meminfo",
    "/proc/stat",
    CPU_FOLDER,
  ]],
];

for (const [what, shape, views] of SHAPES) {
  Deno.test(`a container ${what}`, () => {
    const offered = OFFERED.filter((path) => !path.includes("pressure"));
    const choice = choose({ ...shape, offered });
    assert.deepEqual(choice.views, views);
    const named = choice.leftOut.map((reason) => reason.split(":")[0]!);
    const missing = offered.filter((path) => !views.includes(path) && path !== CPU_ONLINE);
    assert.deepEqual(named.filter((path) => path !== CPU_ONLINE), missing);
  });
}
