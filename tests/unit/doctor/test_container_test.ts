import assert from "node:assert/strict";
import { checkByRunning } from "../../../mod/doctor/test_container.ts";
import type { Command } from "../../../mod/host/host.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

const LAUNCHER = "/usr/bin/container-hooks-runtime";
const PROGRAM = "/opt/program";

/** A host with a program for x86-64, on which every container ends well. */
function hostWith(launcher: string | undefined): { host: MemoryHost; called: Command[] } {
  const host = new MemoryHost();
  const called: Command[] = [];
  const header = new Uint8Array(64);
  header[18] = 62;
  host.file(PROGRAM, header, { mode: 0o755 });
  if (launcher !== undefined) host.file(LAUNCHER, launcher, { mode: 0o755 });
  const run = (command: Command) => {
    called.push(command);
    return {};
  };
  host.programs = { [LAUNCHER]: run, [PROGRAM]: run };
  return { host, called };
}

const STARTED = programWith({
  file: PROGRAM,
  again: { path: PROGRAM, args: ["--own"], env: { DENO_DIR: "/opt/cache" } },
});

Deno.test("containers of doctor were all called container-ho in the list of explain", async () => {
  const { host, called } = hostWith("#!/bin/sh\n");
  await checkByRunning(host, STARTED);
  host.randomToken = () => "fedcba98765432100123456789abcdef";
  await checkByRunning(host, STARTED);
  const shown = called.map(({ args }) => args.at(-1)!.slice(0, 12));
  assert.equal(new Set(shown).size, 2, shown.join());
  assert.ok(shown.every((id) => id.startsWith("doctor-")), shown.join());
});

Deno.test("a launcher that cannot be run was told as a defect of ours", async () => {
  const { host, called } = hostWith("#!/bin/sh\n");
  host.chmod(LAUNCHER, 0o644);
  const [finding] = await checkByRunning(host, STARTED);
  assert.equal(finding!.state, "error");
  assert.match(finding!.what, /^was not started: launcher \S+ is not executable$/);
  assert.equal(finding!.remedy, "container-hooks install");
  assert.deepEqual(called, []);
});

Deno.test("this program is started with what it needs beside the caller's variables", async () => {
  const { host, called } = hostWith(undefined);
  await checkByRunning(host, STARTED);
  const [{ path, args, env }] = called as [Command];
  assert.deepEqual([path, args.slice(0, 3), env.DENO_DIR], [
    PROGRAM,
    ["--own", "runtime", "--"],
    "/opt/cache",
  ]);
});
