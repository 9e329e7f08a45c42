import assert from "node:assert/strict";
import { MemoryHost } from "../../tests/unit/memory_host.ts";
import { doctor } from "./doctor.ts";

/** A host that may give devices away, has `ip`, and this policy. */
function hostWith(config: string): MemoryHost {
  const host = new MemoryHost();
  host.file("/etc/container-hooks/config.toml", config);
  host.file("/proc/self/uid_map", "         0          0 4294967295\n");
  host.file("/proc/self/status", "CapEff:\t000001ffffffffff\n");
  host.file("/usr/sbin/ip", "", { mode: 0o755 });
  host.programs["/usr/sbin/ip"] = () => ({
    stdout: new TextEncoder().encode("ip utility, iproute2-6.1.0\n"),
  });
  return host;
}

const ASKED = "[plugins.network-nic]\n";

Deno.test("nothing is said where containers are not to have devices", async () => {
  assert.deepEqual(await doctor(hostWith("")), []);
  assert.deepEqual(await doctor(hostWith('[plugins.network-nic]\nmode = "off"\n')), []);
});

Deno.test("a host that has all it takes is well", async () => {
  assert.deepEqual((await doctor(hostWith(ASKED))).map(({ state }) => state), ["ok", "ok"]);
});

Deno.test("where ip is missing, iproute2 is to be installed", async () => {
  const host = hostWith(ASKED);
  host.remove("/usr/sbin/ip");
  const [program] = await doctor(host);
  assert.deepEqual([program!.state, program!.remedy], ["error", "install iproute2"]);
});

Deno.test("an ip that is there and cannot run is not called well", async () => {
  const host = hostWith(ASKED);
  host.programs["/usr/sbin/ip"] = () => ({
    status: 126,
    stderr: new TextEncoder().encode("Exec format error\n"),
  });
  const [program] = await doctor(host);
  assert.deepEqual([program!.state, program!.what], ["error", "/usr/sbin/ip -V failed: exec format error"]);
});

Deno.test("a damaged file on record is a line of its own, and the rest is looked at", async () => {
  const host = hostWith(ASKED);
  const folder = "/run/container-hooks/plugins/network-nic";
  host.file(`${folder}/broken.json`, '{"key":', { mode: 0o600 });
  host.file(`${folder}/strange.json`, '{"key": 1}', { mode: 0o600 });
  const findings = (await doctor(host)).slice(2);
  assert.deepEqual(findings.map(({ state }) => state), ["warning", "warning"]);
  assert.match(findings[0]!.what, /^\/run\S+\/broken\.json, which plugin network-nic keeps, is damaged/);
  assert.match(findings[1]!.what, /\/strange\.json.*it is not what we write there/);
  assert.equal(findings[0]!.remedy, "move it away; what it held is lost");
});

Deno.test("an ip that cannot be looked for is not told to be missing", async () => {
  const host = hostWith(ASKED);
  host.fault = (call, path) => {
    if (call === "lstat" && path === "/usr/sbin/ip") throw new Error("Input/output error (os error 5)");
  };
  const [program] = await doctor(host);
  assert.equal(program!.state, "error");
  assert.match(program!.what, /input\/output error/i);
  assert.doesNotMatch(program!.remedy!, /install iproute2/);
});

Deno.test("a process that may not give devices away is told what to run the engine as", async () => {
  const host = hostWith(ASKED);
  host.file("/proc/self/uid_map", "0 1000 1\n");
  const [, rights] = await doctor(host);
  assert.equal(rights!.state, "error");
  assert.match(rights!.what, /cannot be given away rootless/);
});
