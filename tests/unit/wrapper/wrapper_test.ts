import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { switchBypassOn } from "../../../mod/state/bypass.ts";
import { listEntries } from "../../../mod/state/journal.ts";
import { beforeRuntime } from "../../../mod/wrapper/before_runtime.ts";
import { CHAIN_VARIABLE } from "../../../mod/wrapper/chain.ts";
import { runWrapper } from "../../../mod/wrapper/wrapper.ts";
import type { MemoryHost } from "../memory_host.ts";
import { BUNDLE, CONFIG, type Decided, hostFor, ORIGINAL, programOf, RUNTIME } from "../plan/create_host.ts";

const CREATE = ["--log", "/var/log/engine.json", "--log-format", "json", "create", "--bundle", BUNDLE, "web"];
const EDITING: Decided = { plan: () => ({ edits: [setEnv("B", "2")] }) };
const DENYING: Decided = { gate: true, plan: () => ({ deny: ["not here"] }) };

function wrap(host: MemoryHost, argv: string[], plugins: Record<string, Decided> = {}): Promise<number> {
  const program = programOf(plugins);
  return runWrapper(host, program.file, () => Promise.resolve({ program, beforeRuntime }), argv);
}

Deno.test("this process becomes the runtime, with the words of the engine and the bundle that was planned", async () => {
  const host = hostFor(["a"]);
  await wrap(host, CREATE, { a: EDITING });
  assert.deepEqual(host.executed, { path: RUNTIME, argv: [RUNTIME, ...CREATE] });
  assert.match(host.text(CONFIG)!, /"B=2"/);
  assert.equal(host.err, "");
});

Deno.test("our own options do not reach the runtime", async () => {
  const host = hostFor([]);
  await wrap(host, ["--hook-spec", "/h.json", "create", "--bundle", BUNDLE, "web"]);
  assert.deepEqual(host.executed!.argv, [RUNTIME, "create", "--bundle", BUNDLE, "web"]);
});

Deno.test("descriptors of the engine are withheld while plugins are asked, and given to the runtime", async () => {
  const host = hostFor(["a"]);
  let withheld: boolean | undefined;
  const plan = () => {
    withheld = host.withholding;
    return {};
  };
  await wrap(host, CREATE, { a: { plan } });
  assert.deepEqual([withheld, host.withholding], [true, false]);
});

Deno.test("what must not start does not reach the runtime, and the engine reads why in its log", async () => {
  const host = hostFor(["z"]);
  const status = await wrap(host, CREATE, { z: DENYING });
  assert.equal(host.executed, undefined);
  assert.notEqual(status, 0);
  assert.match(host.err, /^container-hooks: cannot start container web: .*not here.*\n$/);
  const { level, msg } = JSON.parse(host.text("/var/log/engine.json")!);
  assert.deepEqual([level, msg], ["error", host.err.trimEnd()]);
});

for (const argv of [["state", "web"], ["--version"], ["create", "--help"], ["delete", "--force", "web"]]) {
  Deno.test(`what makes no container passes through and asks nobody: ${argv.join(" ")}`, async () => {
    const host = hostFor(["z"]);
    await wrap(host, argv, { z: DENYING });
    assert.deepEqual(host.executed!.argv, [RUNTIME, ...argv]);
    assert.equal(host.text("/var/lib/container-hooks/index.json"), undefined);
  });
}

Deno.test("a broken configuration keeps nothing from being deleted", async () => {
  const host = hostFor([]);
  host.file("/etc/container-hooks/config.toml", "= 1");
  await wrap(host, ["delete", "web"]);
  assert.deepEqual(host.executed!.argv, [RUNTIME, "delete", "web"]);
  assert.notEqual(await wrap(host, CREATE), 0);
});

Deno.test("a command line that cannot be read is refused, and let through while the bypass is on", async () => {
  const argv = ["create", "--no-such-option", "--bundle", BUNDLE, "web"];
  const host = hostFor([]);
  assert.notEqual(await wrap(host, argv), 0);
  assert.equal(host.executed, undefined);
  switchBypassOn(host);
  await wrap(host, argv);
  assert.deepEqual(host.executed!.argv, [RUNTIME, ...argv]);
});

Deno.test("a gate that stands keeps a command line that cannot be read from going around it", async () => {
  const host = hostFor([], "[plugins.z]\nbypassable = false\n");
  const plugins = { z: { gate: true, plan: () => ({}) } } as const;
  await wrap(host, CREATE, plugins);
  switchBypassOn(host);
  host.executed = undefined;
  assert.notEqual(await wrap(host, ["create", "--no-such-option", "--bundle", BUNDLE, "web"], plugins), 0);
  assert.equal(host.executed, undefined);
});

Deno.test("a wrapper of another make is told what was planned, and runc is told nothing", async () => {
  const nvidia = "/usr/bin/nvidia-container-runtime";
  const host = hostFor(["a"]);
  const runtimes = '[container-hooks-runtime]\nruntimes = ["nvidia-container-runtime"]\n';
  host.file("/etc/container-hooks/config.toml", `${runtimes}[plugins.a]\n`);
  host.file(nvidia, "\u007fELF", { mode: 0o755 });
  await wrap(host, CREATE, { a: EDITING });
  assert.equal(host.executed!.path, nvidia);
  assert.equal(host.variables[CHAIN_VARIABLE], `1:${listEntries(host)[0]!.token}`);
  host.file("/etc/container-hooks/config.toml", "");
  await wrap(host, CREATE, {});
  assert.equal(host.executed!.path, RUNTIME);
  assert.equal(host.variables[CHAIN_VARIABLE], undefined);
});

Deno.test("without a runtime nothing is planned, and each that was looked for is named", async () => {
  const host = hostFor(["a"]);
  host.remove(RUNTIME);
  assert.notEqual(await wrap(host, CREATE, { a: EDITING }), 0);
  assert.match(host.err, /runc.*is not on PATH/);
  assert.equal(host.text(CONFIG), ORIGINAL);
});

Deno.test("where the runtime cannot be executed the engine is told", async () => {
  const host = hostFor([]);
  host.fault = (call) => {
    if (call === "execute") throw new Error("Exec format error");
  };
  assert.notEqual(await wrap(host, ["state", "web"]), 0);
  assert.match(host.err, /Exec format error/);
});
