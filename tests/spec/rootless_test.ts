/** Rootless podman: the plugins of the other engines, unchanged, in the namespace of a user. */
import { startPodman } from "../harness/engines.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { assertBoth, setUp } from "../harness/plugins.ts";

/** Nobody's, with no subordinate ids: podman maps it alone, and every file of root's shows the overflow uid. */
const USER = 54321;
const NAME = "container-hooks-runtime";

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `rootless podman on ${runtime}: a plugin reads the image, and another denies`,
    ["root", "runc", runtime, "podman", "setpriv"],
    async (subject) => {
      const scene = await setUp(reachable(subject), runtime);
      const { work } = subject;
      // The runtime, the log and the hook write as the user.
      for (const file of ["own.log", "record.calls"]) Deno.chownSync(work.file(file, ""), USER, USER);
      const home = work.folder("home");
      Deno.chownSync(home, USER, USER);
      await using podman = await startPodman(work, {
        runtimes: { [NAME]: scene.installed.runtime },
        env: {
          ...scene.installed.env,
          CONTAINER_HOOKS_RUN: `${home}/run`,
          CONTAINER_HOOKS_STATE: `${home}/state`,
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

/** The same with a copy of the built file: the user may not be able to enter the folder that it was built into. */
function reachable({ form, work }: Subject): Subject {
  const path = work.program("built", "");
  Deno.copyFileSync(form.path, path);
  return { form: { ...form, path }, work };
}
