/** What a container is like after every kind of edit, on the real runtimes, and what is refused there. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { crunMayRun } from "../harness/engines.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { run, which } from "../harness/run.ts";

/** What the container's own process sees, one fact a line. */
const SHOW = `b=/bin/busybox
echo "A=$A"; echo "B=\${B-gone}"; echo "arg $1"; echo "groups $($b id -G)"; echo "nofile $(ulimit -Sn) $(ulimit -Hn)"
$b sed -n 's/^CapEff:\\t/eff /p; s/^CapAmb:\\t/amb /p' /proc/self/status
echo "sysctl $($b cat /proc/sys/net/ipv4/ip_unprivileged_port_start)"; echo "name $($b cat /proc/sys/kernel/domainname)"
echo "masked $($b head -c 1 /proc/version)"; echo "oom $($b cat /proc/self/oom_score_adj)"; echo "host $($b hostname)"
$b awk '$5 == "/proc/bus" { print "bus " substr($6, 1, 2) }' /proc/self/mountinfo
$b awk '$5 == "/run" { print "run " substr($6, 1, 2) }' /proc/self/mountinfo
echo "pids $($b cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null)"`;

/** A plugin that edits all of it; \`extra\` is more text for its list. */
function plugin(edits: string): string {
  return `import * as api from "container-hooks/plugin";
const { additionalGids, annotation, args, capabilities, maskedPath, mount, readonlyPath, resources } = api;
const { definePlugin, rlimit, set, setEnv, sysctl, unsetEnv } = api;
export default definePlugin({
  api: 1, name: "edits", version: "1.0.0", brief: "Edits", plan: (container) => ({ edits: [${edits}] }),
});
`;
}

const ALL = `
  setEnv("A", "new"), unsetEnv("B"), args([...container.process.args, "x", "last"]),
  annotation("org.example", "yes"), additionalGids(4242, 4243), rlimit("RLIMIT_NOFILE", 77, 99n),
  capabilities({ add: ["CAP_CHOWN"], ambient: ["CAP_NET_BIND_SERVICE"], drop: ["CAP_KILL", "CAP_AUDIT_WRITE"] }),
  sysctl("net.ipv4.ip_unprivileged_port_start", "0"), sysctl("kernel.domainname", "example"),
  resources({ pids: { limit: 42n } }), maskedPath("/proc/version"), readonlyPath("/proc/bus"),
  set("/process/oomScoreAdj", 500), set("/hostname", "set"),
  mount({ type: "tmpfs", source: "tmpfs", destination: "/run", options: ["ro"] })`;

const SEEN = [
  "A=new",
  "B=gone",
  "arg last",
  "groups 0 4242 4243",
  "nofile 77 99",
  // CHOWN is 0, NET_BIND_SERVICE 10.
  "eff 0000000000000401",
  "amb 0000000000000400",
  "sysctl 0",
  "name example",
  "masked ",
  "oom 500",
  "host set",
  "bus ro",
  "run ro",
  "pids 42",
];

async function runWith({ form, work }: Subject, runtime: string, edits: string) {
  work.file("plugins/edits.ts", plugin(edits));
  const installed = await install(form, work, { runtimes: [which(runtime)!] });
  const bundle = await makeBundle(work, { args: ["sh", "-c", SHOW], env: ["A=old", "B=1"] });
  const before = bundle.text();
  const id = `edits-${crypto.randomUUID()}`;
  const prefix = runtime === "crun" ? crunMayRun() : [];
  const ran = await run([...prefix, installed.runtime, "run", "--bundle", bundle.path, id], {
    env: installed.env,
  });
  return { ran, bundle, before, installed, id };
}

/** What one CDI device takes; its hook writes the container's id to a file. */
function specification(kind: string, note: string): string {
  return `cdiVersion: 0.6.0
kind: ${kind}
containerEdits:
  env: [OF_ALL=yes]
devices:
- name: one
  containerEdits:
    env: [OF_ONE=1]
    deviceNodes: [{ path: /dev/sink, hostPath: /dev/null, fileMode: 0666 }]
    mounts: [{ hostPath: /etc/hostname, containerPath: /tmp/name, options: [bind, ro] }]
    hooks: [{ hookName: poststop, path: ${note}, args: [note, gone] }]
    additionalGids: [4242]
`;
}

const SHOW_DEVICES = `b=/bin/busybox
echo "$OF_ALL $OF_ONE $($b id -G)"; echo lost > /dev/sink && echo written; $b wc -c < /dev/sink; $b wc -l < /tmp/name
echo lost > /dev/void && echo written; $b ls -l /dev/void | $b cut -c1-10`;

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `${runtime}: a container has a device by its node and all of one by its CDI name`,
    ["root", "runc", runtime],
    async (subject) => {
      const { form, work } = subject;
      const kind = `container-hooks-test-${crypto.randomUUID()}.org/sink`;
      const note = work.program("note", `#!/bin/sh\necho "$1" >> ${work.path}/noted\n`);
      const file = `/etc/cdi/${kind.split("/")[0]}.yaml`;
      const isNew = await Deno.mkdir("/etc/cdi", { mode: 0o755 }).then(() => true, () => false);
      try {
        await Deno.writeTextFile(file, specification(kind, note), { mode: 0o644 });
        const edits =
          `api.device("${kind}=one"), api.device({ path: "/dev/void", hostPath: "/dev/null", permissions: "w" })`;
        work.file("plugins/edits.ts", plugin(edits));
        const installed = await install(form, work, { runtimes: [which(runtime)!] });
        const bundle = await makeBundle(work, { args: ["sh", "-c", SHOW_DEVICES] });
        const id = `device-${crypto.randomUUID()}`;
        const prefix = runtime === "crun" ? crunMayRun() : [];
        const ran = await run([...prefix, installed.runtime, "run", "--bundle", bundle.path, id], {
          env: installed.env,
        });
        assert.equal(ran.stderr, "");
        const [first, ...others] = ran.stdout.trimEnd().split("\n");
        assert.equal(first, "yes 1 0 4242");
        assert.deepEqual(others, ["written", "0", "1", "written", "crw-rw-rw-"]);
        assert.equal(await Deno.readTextFile(`${work.path}/noted`), "gone\n");
        const { stdout } = await installed.command(["explain", id]);
        assert.ok(stdout.includes(file), stdout);
      } finally {
        await Deno.remove(file);
        if (isNew) await Deno.remove("/etc/cdi").catch(() => {});
      }
    },
  );
}

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `${runtime}: every edit is what the container sees`,
    ["root", "runc", runtime],
    async (subject) => {
      const { ran, installed, id } = await runWith(subject, runtime, ALL);
      assert.equal(ran.stderr, "");
      assert.deepEqual(ran.stdout.trimEnd().split("\n"), SEEN);
      const { stdout } = await installed.command(["explain", id]);
      for (
        const said of ["RLIMIT_NOFILE 77:99", "+CAP_CHOWN", "/process/oomScoreAdj = 500", "pids.limit=42"]
      ) {
        assert.ok(stdout.includes(said), stdout);
      }
      assert.doesNotMatch(stdout, /last|A=new/);
    },
  );

  specTest(
    `${runtime}: what it would pass over in silence is refused before it starts, and config.json stays`,
    ["root", "runc", runtime],
    async (subject) => {
      const { ran, bundle, before } = await runWith(
        subject,
        runtime,
        `set("/linux/memoryPolicy", { mode: "MPOL_BIND" })`,
      );
      assert.notEqual(ran.status, 0);
      assert.equal(ran.stdout, "");
      const wanted = `set is not supported by the OCI runtime ${which(runtime)}: `;
      assert.ok(ran.stderr.includes(wanted), ran.stderr);
      assert.match(
        ran.stderr,
        /(it has no command "features" that would say|its features say nothing of) linux\.memoryPolicy/,
      );
      assert.equal(bundle.text(), before);
    },
  );
}
