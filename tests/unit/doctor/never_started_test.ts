import assert from "node:assert/strict";
import { checkNeverStarted } from "../../../mod/doctor/never_started.ts";
import { writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

const ID = "a".repeat(64);
const MINUTE = 60_000;

/** A host with one container on record and one process, `age` minutes after the create. */
async function findings(words: string[], cgroup: string, age = 10, id = ID): Promise<string[]> {
  const host = new MemoryHost();
  host.file("/proc/42/cmdline", words.map((word) => `${word}\0`).join(""));
  host.file("/proc/42/cgroup", `9:name=systemd:${cgroup}\n8:pids:${cgroup}\n`);
  host.file("/proc/self/cmdline", "");
  host.folder(`/run/docker/runtime-runc/moby/${ID}`);
  await writeEntry(host, {
    format: 1,
    token: host.randomToken(),
    created: host.now(),
    program: "1.0.0",
    outcome: "edited",
    container: { id, names: ["web"], engine: "docker", bundle: "/b", operation: "create", runtime: "runc" },
    plugins: [],
    config: { path: "/b/config.json", before: "a", after: "b", temporary: "", inverse: [] },
  });
  host.time += age * MINUTE;
  return checkNeverStarted(host).map(({ what, remedy }) => `${what} -> ${remedy}`);
}

Deno.test("doctor was silent about the processes of containers that never started", async () => {
  const named = [
    "container web of docker was created 10 minutes ago and never started: process 42 waits for it -> " +
    `runc --root /run/docker/runtime-runc/moby delete --force ${ID}, where nobody is about to start it`,
  ];
  assert.deepEqual(await findings(["runc", "init"], `/docker/${ID}`), named);
  assert.deepEqual(await findings(["runc", "init"], `/system.slice/docker-${ID}.scope`), named);
  assert.deepEqual(await findings(["/usr/bin/crun", "create", "--bundle", "/b", ID], `/docker/${ID}`), named);
});

Deno.test("where the runtime's root is not known, the process is named", async () => {
  assert.match((await findings(["runc", "init"], "/c1", 10, "c1"))[0]!, / -> kill -KILL 42, /);
});

for (
  const [what, words, cgroup, age] of [
    ["a container that has just been created", ["runc", "init"], `/docker/${ID}`, 1],
    ["a container that runs", ["sleep", "60"], `/docker/${ID}`, 10],
    ["another's container that waits", ["runc", "init"], `/docker/${"b".repeat(64)}`, 10],
    ["a container whose id another's begins with", ["runc", "init"], `/docker/${ID}0`, 10],
  ] as const
) {
  Deno.test(`of ${what} doctor says nothing`, async () => {
    assert.deepEqual(await findings([...words], cgroup, age), []);
  });
}
