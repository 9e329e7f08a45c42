import assert from "node:assert/strict";
import { removeCreated } from "../../../mod/wrapper/remove_created.ts";
import { MemoryHost } from "../memory_host.ts";

const RUNC = "/usr/sbin/runc";
const GLOBALS = ["--root", "/run/docker/runtime-runc/moby"];

Deno.test("what was created is removed where the engine looks for it, in the user's own environment", async () => {
  const host = new MemoryHost();
  host.variables = { XDG_RUNTIME_DIR: "/run/user/1000", LD_PRELOAD: "/tmp/evil.so" };
  let called: unknown;
  host.programs[RUNC] = ({ args, env }) => {
    called = { args, env };
    return { status: 0 };
  };
  await removeCreated(host, RUNC, GLOBALS, "c1");
  const PATH = (called as { env: { PATH: string } }).env.PATH;
  assert.deepEqual(called, {
    args: [...GLOBALS, "delete", "--force", "c1"],
    env: { PATH, XDG_RUNTIME_DIR: "/run/user/1000" },
  });
});

Deno.test("that it could not be removed is told with the command", async () => {
  const host = new MemoryHost();
  host.programs[RUNC] = () => ({ status: 1, stderr: new TextEncoder().encode("device or resource busy\n") });
  await assert.rejects(removeCreated(host, RUNC, GLOBALS, "c1"), {
    message:
      "the container that was created for it could not be removed: device or resource busy; remove it by " +
      "hand: /usr/sbin/runc --root /run/docker/runtime-runc/moby delete --force c1",
  });
});

Deno.test("a runtime that does not end is told, too", async () => {
  const host = new MemoryHost();
  host.programs[RUNC] = () => ({ status: 137, timedOut: true });
  await assert.rejects(removeCreated(host, RUNC, [], "c1"), /could not be removed: did not end within 60 s/);
});
