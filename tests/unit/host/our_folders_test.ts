import assert from "node:assert/strict";
import { runFolder, stateFolder } from "../../../mod/host/our_folders.ts";
import { hostWith } from "../plugin/plugin_place.ts";

function hostOf(env: Record<string, string>, uid: number) {
  return hostWith({ env: (name) => env[name], uid: () => uid, inUserNamespace: () => false });
}

Deno.test("the state folder is the named one, the system's, or rootless the user's own", () => {
  const folder = (env: Record<string, string>, uid = 0) => stateFolder(hostOf(env, uid));
  assert.equal(folder({ CONTAINER_HOOKS_STATE: "/s/" }), "/s");
  assert.throws(() => folder({ CONTAINER_HOOKS_STATE: "s" }), /not an absolute path/);
  assert.equal(folder({ HOME: "/root" }), "/var/lib/container-hooks");
  assert.equal(folder({ HOME: "/home/a" }, 1000), "/home/a/.local/state/container-hooks");
  assert.equal(folder({ HOME: "/home/a", XDG_STATE_HOME: "/x" }, 1000), "/x/container-hooks");
});

Deno.test("the run folder is the named one, the system's, or rootless the user's own", () => {
  const folder = (env: Record<string, string>, uid = 0) => runFolder(hostOf(env, uid));
  assert.equal(folder({ CONTAINER_HOOKS_RUN: "/r//" }), "/r");
  assert.throws(() => folder({ CONTAINER_HOOKS_RUN: "r" }), /not an absolute path/);
  assert.equal(folder({ XDG_RUNTIME_DIR: "/run/user/0" }), "/run/container-hooks");
  assert.equal(folder({ XDG_RUNTIME_DIR: "/run/user/1000" }, 1000), "/run/user/1000/container-hooks");
  assert.equal(folder({}, 1000), "/run/container-hooks");
});
