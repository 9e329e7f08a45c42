import assert from "node:assert/strict";
import {
  CHAIN_VARIABLE,
  mayLeadBack,
  MOST_PASSES,
  nextChain,
  readChain,
  refuseLoop,
} from "../../../mod/wrapper/chain.ts";
import { isPlanned } from "../../../mod/wrapper/planned_before.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { MemoryHost } from "../memory_host.ts";

const TOKEN = "0123456789abcdef".repeat(2);
const NVIDIA = "/usr/bin/nvidia-container-runtime";

function hostWith(value?: string): MemoryHost {
  const host = new MemoryHost();
  if (value !== undefined) host.variables = { [CHAIN_VARIABLE]: value };
  return host;
}

Deno.test("what a chain hands on is read back one longer, with the token of what was planned", () => {
  const first = readChain(hostWith());
  assert.deepEqual(first, { passed: 0, token: undefined });
  const second = readChain(hostWith(nextChain({ ...first, token: TOKEN })));
  assert.deepEqual(second, { passed: 1, token: TOKEN });
  assert.deepEqual(readChain(hostWith(nextChain(second))), { passed: 2, token: TOKEN });
  assert.deepEqual(readChain(hostWith(nextChain(first))), { passed: 1, token: undefined });
});

Deno.test("what somebody else put into the variable counts for nothing", () => {
  for (const value of ["", "x", "1", ":", `1:${TOKEN}0`, "1:../../../etc/passwd", `-1:${TOKEN}`, "1:\n"]) {
    assert.deepEqual(readChain(hostWith(value)), { passed: 0, token: undefined }, value);
  }
});

Deno.test("a call that has come through too often is refused, unless it ends here", () => {
  assert.doesNotThrow(() => refuseLoop({ passed: MOST_PASSES - 1 }, NVIDIA));
  assert.throws(() => refuseLoop({ passed: MOST_PASSES }, NVIDIA), { code: "runtime-loop" });
  assert.doesNotThrow(() => refuseLoop({ passed: MOST_PASSES }, "/usr/bin/runc"));
});

Deno.test("runc, crun and their variants end a chain, any other program may lead back", () => {
  for (const name of ["runc", "docker-runc", "crun", "crun-wasm", "krun"]) {
    assert.ok(!mayLeadBack(`/usr/bin/${name}`), name);
  }
  for (const name of ["nvidia-container-runtime", "runc-wrapper", "kata-runtime", "xrunc"]) {
    assert.ok(mayLeadBack(`/usr/bin/${name}`), name);
  }
});

const CALL = { id: "web", configFile: "/b/config.json" };
const ENTRY = {
  format: 1,
  outcome: "edited",
  container: { id: "web" },
  plugins: [],
  config: { path: "/b/config.json" },
};

function withEntry(entry: unknown): MemoryHost {
  const host = hostWith();
  host.file(`/run/container-hooks/journal/${TOKEN}.json`, JSON.stringify(entry), { mode: 0o600 });
  return host;
}

Deno.test("a container counts as planned by the entry of this very container alone", () => {
  const host = withEntry(ENTRY);
  const chain = { passed: 1, token: TOKEN };
  assert.ok(isPlanned(host, chain, CALL));
  assert.ok(!isPlanned(host, chain, { ...CALL, id: "db" }));
  assert.ok(!isPlanned(host, chain, { ...CALL, configFile: "/c/config.json" }));
  assert.ok(!isPlanned(host, { passed: 1 }, CALL));
  assert.ok(!isPlanned(host, { passed: 1, token: "f".repeat(32) }, CALL));
});

Deno.test("a container that was refused is never taken for planned", () => {
  const host = withEntry({ ...ENTRY, outcome: "refused" });
  assert.ok(!isPlanned(host, { passed: 1, token: TOKEN }, CALL));
});

Deno.test("in front of runc the launcher only takes the variable away", () => {
  const text = (runtime: string) => launcherText({ program: "/p", runtime, version: "0.0.0" });
  assert.match(text(NVIDIA), /^export CONTAINER_HOOKS_CHAIN$/m);
  assert.doesNotMatch(text(NVIDIA), /unset CONTAINER_HOOKS_CHAIN/);
  assert.doesNotMatch(text("/usr/bin/runc"), /export CONTAINER_HOOKS_CHAIN/);
  assert.equal(text("/usr/bin/runc").match(/unset CONTAINER_HOOKS_CHAIN/g)?.length, 3);
});
