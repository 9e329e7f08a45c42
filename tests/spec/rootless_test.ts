/** Rootless podman: the plugins of the other engines, unchanged, in the namespace of a user. */
import assert from "node:assert/strict";
import { startPodman } from "../harness/engines.ts";
import { specTest } from "../harness/needs.ts";
import { assertBoth, setUp } from "../harness/plugins.ts";
import { run } from "../harness/run.ts";

/** Nobody's, with no subordinate ids: podman maps it alone, and every file of root's shows the overflow uid. */
const USER = 54321;
const NAME = "container-hooks-runtime";

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `rootless podman on ${runtime}: a plugin reads the image, and another denies`,
    ["root", "runc", runtime, "podman", "setpriv"],
    async (subject) => {
      const scene = await setUp(subject, runtime);
      const { work } = subject;
      // The runtime, the log and the hook write as the user.
      for (const file of ["own.log", "record.calls"]) Deno.chownSync(work.file(file, ""), USER, USER);
      const home = work.folder("home");
      Deno.chownSync(home, USER, USER);
      await using podman = await startPodman(work, {
        runtimes: { [NAME]: scene.installed.runtime },
        // The other places are the user's own by default. This one hangs on HOME, which podman keeps from
        // every call but create.
        env: {
          CONTAINER_HOOKS_CONFIG: scene.installed.configFile,
          CONTAINER_HOOKS_PORTABLE_DIR: `${home}/portable`,
        },
        user: USER,
      });
      const runContainer = (container: { id: string; args: string[] }) =>
        podman.runContainer({ ...container, runtime: NAME });
      await assertBoth(scene, runContainer, "podman docker.io/library/hooks-test:1 ?");
    },
  );
}

specTest(
  "in a user namespace it unpacks below folders of root's, which show the overflow uid there",
  ["root", "setpriv"],
  async ({ form, work }) => {
    const home = work.folder("home");
    Deno.chownSync(home, USER, USER);
    const user = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
    const { status, stderr } = await run([...user, "unshare", "--map-root-user", form.path, "version"], {
      cwd: home,
      env: { CONTAINER_HOOKS_PORTABLE_DIR: `${home}/portable` },
    });
    assert.deepEqual([status, stderr], [0, ""]);
  },
  "files",
);
