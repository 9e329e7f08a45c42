import assert from "node:assert/strict";
import { checkBetween } from "../../../mod/doctor/selinux.ts";
import { MemoryHost } from "../memory_host.ts";

const LABEL = "system_u:system_r";

/** A line as auditd writes it. */
function denial(rights: string, comm: string, from: string, to: string, kind: string, name = "fd"): string {
  return `type=AVC msg=audit(1764331200.123:4711): avc:  denied  { ${rights} } for  pid=912 comm="${comm}" ` +
    `name="${name}" dev="proc" ino=4026 scontext=${LABEL}:${from}:s0 tcontext=${LABEL}:${to}:s0-s0:c0.c1023 ` +
    `tclass=${kind} permissive=0\n`;
}

/** A host on which the service is process 77, dockerd 80, and this stands in the audit log. */
async function warnings(log: string, { engine = "container_runtime_t", enforcing = true } = {}) {
  const host = new MemoryHost();
  if (enforcing) host.file("/sys/fs/selinux/enforce", "1");
  host.file("/proc/77/attr/current", `${LABEL}:unconfined_service_t:s0\0`);
  host.file("/proc/77/comm", "container-hooks\n");
  host.file("/proc/80/attr/current", `${LABEL}:${engine}:s0\0`);
  host.file("/proc/80/comm", "dockerd\n");
  host.file("/var/log/audit/audit.log", log);
  return (await checkBetween(host, "service", 77)).map(({ state, what, remedy }) =>
    [state, what, remedy].join(" | ")
  );
}

Deno.test("what the service may not read of a launcher is told with both domains, the denial and what to do", async () => {
  const line = denial("read", "deno", "unconfined_service_t", "container_runtime_t", "dir");
  const [said, ...more] = await warnings(line);
  assert.deepEqual(more, []);
  assert.match(
    said!,
    /^warning \| .* the domain unconfined_service_t, and launchers, in the engine's domain container_runtime_t, apart/,
  );
  assert.match(said!, /unconfined_service_t was denied \{ read \} on dir of container_runtime_t, the last: /);
  assert.match(said!, /msg=audit\(1764331200[.]123:4711\).* \| restorecon -R .*audit2allow -M .*semodule -i/);
});

Deno.test("what a launcher may not do with the service's pipes is told too, however many times", async () => {
  const line = denial("write", "container-hooks", "my_engine_t", "var_run_t", "fifo_file", "ask");
  const [said] = await warnings(line.repeat(3), { engine: "my_engine_t" });
  assert.match(
    said!,
    /in the engine's domain my_engine_t, apart: my_engine_t was denied \{ write \} on fifo_file/,
  );
  assert.match(said!, /of var_run_t, and 2 more, the last: /);
});

const OTHERS: [what: string, log: string][] = [
  ["of other domains", denial("read", "sshd", "sshd_t", "shadow_t", "file")],
  ["of a container", denial("read", "sh", "container_t", "unconfined_service_t", "dir")],
  ["of an engine about its own", denial("read", "dockerd", "container_runtime_t", "user_home_t", "file")],
  ["cut short", "type=AVC msg=audit(1): avc:  denied  { read } for pid=1 scontext=a:b\n"],
  ["of AppArmor", 'audit: apparmor="DENIED" operation="exec" name="/usr/bin/container-hooks"\n'],
];

for (const [what, log] of OTHERS) {
  Deno.test(`a denial ${what} is not between the service and an engine`, async () => {
    assert.deepEqual(await warnings(log), []);
  });
}

Deno.test("without SELinux no log is read", async () => {
  const line = denial("read", "deno", "unconfined_service_t", "container_runtime_t", "dir");
  assert.deepEqual(await warnings(line, { enforcing: false }), []);
});
